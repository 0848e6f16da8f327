import {
  available,
  type Backend,
  type BackendPlugin,
  registerBackend,
  unavailable,
} from '@sconce/backend'
import { CpuBackend } from '@sconce/backend-cpu'
import { getDefaultDevice, getDevice, init, setDefaultDevice, tensor } from '@sconce/core'
import { beforeEach, describe, expect, it } from 'vitest'

const make = (name: string): Backend => new CpuBackend({ name })

const register = (name: string, change: Partial<BackendPlugin> = {}): void =>
  registerBackend({
    name,
    priority: 1,
    probe: () => available(name),
    create: () => make(name),
    ...change,
  })

beforeEach(() => setDefaultDevice('cpu'))

describe('init', () => {
  it('picks the first of the names that works', async () => {
    register('no driver', { probe: () => unavailable('no driver', 'install one') })
    register('second', { create: async () => make('second') })
    expect(await init('no driver', 'second', 'cpu')).toBe('second')
    expect(getDefaultDevice()).toBe('second')
    expect(tensor([1]).device).toBe('second')
  })

  it('leaves the default alone when none works, and says why of each', async () => {
    register('absent', { probe: () => unavailable('no card', 'buy one') })
    register('faulty', {
      create: () => {
        throw new Error('the card is on fire')
      },
    })
    register('late', { create: () => Promise.reject(new Error('too late')) })
    await expect(init('absent', 'faulty', 'late')).rejects.toThrow(
      'no backend could be started. absent: no card (buy one); faulty: the card is on fire; late: too late',
    )
    expect(getDefaultDevice()).toBe('cpu')
    expect(tensor([1]).device).toBe('cpu')
  })

  it('refuses a name that nobody registered, before anything is started', async () => {
    let started = false
    register('eager', {
      create: () => {
        started = true
        return make('eager')
      },
    })
    await expect(init('eager', 'typo')).rejects.toThrow(
      /^Expected one of .*eager.* device type at start of device string: typo\. Import the package that registers it\.$/,
    )
    expect([started, getDefaultDevice()]).toEqual([false, 'cpu'])
  })

  it('without names takes the most preferred, but no software', async () => {
    register('emulated', { priority: 200, probe: () => available('emulated card', true) })
    register('best', { priority: 100 })
    expect(await init()).toBe('best')
    expect(await init('emulated', 'best')).toBe('emulated')
    registerBackend({
      name: 'best',
      priority: -1,
      probe: () => available(''),
      create: () => make('best'),
    })
  })

  it('starts a backend once, however often it is asked for', async () => {
    let started = 0
    register('once', {
      create: async () => {
        started++
        await new Promise((resolve) => setTimeout(resolve, 5))
        return make('once')
      },
    })
    expect(await Promise.all([init('once'), init('once')])).toEqual(['once', 'once'])
    const device = getDevice('once')
    await init('once')
    expect([started, getDevice('once') === device]).toEqual([1, true])
  })

  it('tries again after a start that failed', async () => {
    let tries = 0
    register('moody', {
      create: () => {
        if (++tries === 1) throw new Error('not today')
        return make('moody')
      },
    })
    await expect(init('moody')).rejects.toThrow('moody: not today')
    expect(await init('moody')).toBe('moody')
  })
})
