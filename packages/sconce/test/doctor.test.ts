import { available, registerBackend, unavailable } from '@sconce/backend'
import { activeDevices, doctor, getDefaultDevice, init } from 'sconce'
import { describe, expect, it } from 'vitest'
import { fakeBackend, plugin } from './fakes.ts'

const only = async (name: string, bench = false) => {
  const { backends, ...rest } = await doctor({ only: [name], bench })
  expect(backends.length).toBe(1)
  return { found: backends[0], ...rest }
}

describe('the doctor', () => {
  it('looks at every registered backend, preferred first', async () => {
    const { backends, preferred, environment } = await doctor()
    expect(backends.map(({ name, available }) => [name, available])).toEqual([
      ['webgl', false],
      ['wasm', true],
      ['cpu', true],
    ])
    expect(preferred).toBe('wasm')
    expect(environment.runtime).toBe(`Node ${process.versions.node}`)
  })

  it('tells why a backend is not available, and what would mend it', async () => {
    expect(await only('webgl')).toMatchObject({
      preferred: undefined,
      found: {
        name: 'webgl',
        available: false,
        reason: 'there is no canvas in this environment',
        mend: 'use WebGL in a browser, in a window or in a worker with OffscreenCanvas',
      },
    })
  })

  it('shows what a device is, and disposes of what it made to look at', async () => {
    const { backend, disposals } = fakeBackend('shown', {
      description: 'A card',
      dtypes: {
        float32: { storage: true, arithmetic: true },
        float64: { storage: false, arithmetic: false },
        float16: { storage: true, arithmetic: false },
      },
      native: ['map', 'reduce', 'scatter'],
      maxLength: 1000,
      budget: 500,
      readSync: 'stall',
      hardware: { threads: 3, simd: 'SIMD', gpu: 'Card 9', limits: { textures: 7 } },
      numerics: { notes: ['subnormals become zero'] },
    })
    registerBackend(plugin('shown', () => backend))
    expect((await only('shown')).found).toEqual({
      name: 'shown',
      available: true,
      description: 'A card',
      software: false,
      threads: 3,
      simd: 'SIMD',
      gpu: 'Card 9',
      limits: { maxLength: 1000, budget: 500, textures: 7 },
      dtypes: ['float32', 'float16'],
      native: ['map', 'reduce', 'scatter'],
      readSync: 'stall',
      notes: ['subnormals become zero'],
    })
    expect(disposals.count).toBe(1)
  })

  it('knows the threads and the vector instructions of wasm', async () => {
    const { found } = await only('wasm')
    expect(found).toMatchObject({ available: true, readSync: 'free' })
    expect(found.available && found.simd).toMatch(/^(relaxed )?SIMD$/)
    expect(found.available && found.threads).toBeGreaterThanOrEqual(1)
  })

  it('leaves devices in use and the default alone', async () => {
    const { backend, disposals } = fakeBackend('used')
    registerBackend(plugin('used', () => backend))
    await init('used')
    await doctor({ only: ['used'], bench: true })
    expect(disposals.count).toBe(0)
    expect(getDefaultDevice()).toBe('used')
    await init('cpu')
    await doctor({ only: ['wasm'] })
    expect(getDefaultDevice()).toBe('cpu')
    expect(activeDevices().map(({ name }) => name)).not.toContain('wasm')
  })

  it('reports a backend that claims to be available but does not start', async () => {
    const broken = plugin('broken', () => {
      throw new Error('no such device')
    })
    registerBackend(broken)
    expect((await only('broken')).found).toEqual({
      name: 'broken',
      available: false,
      reason: 'it does not work: no such device',
      mend: 'report it to the author of the backend',
    })
  })

  it('prefers and recommends no emulated device', async () => {
    const { backend } = fakeBackend('emulated')
    registerBackend(
      plugin(
        'emulated',
        () => backend,
        () => available('Emulated card', true),
      ),
    )
    const result = await only('emulated', true)
    expect(result).toMatchObject({ preferred: undefined, recommended: undefined })
    expect(result.found).toMatchObject({ available: true, software: true })
  })

  it('times backends when asked to', async () => {
    const { backend, disposals } = fakeBackend('timed')
    let freed = 0
    const free = backend.free.bind(backend)
    let allocated = 0
    const allocate = backend.allocate.bind(backend)
    Object.assign(backend, {
      free: (buffer: Parameters<typeof free>[0]) => {
        freed++
        free(buffer)
      },
      allocate: (...args: Parameters<typeof allocate>) => {
        allocated++
        return allocate(...args)
      },
    })
    registerBackend(plugin('timed', () => backend))
    const { found, recommended } = await only('timed', true)
    expect(recommended).toBe('timed')
    const timings = found.available ? found.timings : undefined
    expect(Object.keys(timings ?? {})).toEqual(['matmul 256', 'map 1M', 'tiny op'])
    // A product of matrices of 256 is far more work than adding four numbers.
    expect(timings?.['matmul 256']).toBeGreaterThan(100 * (timings?.['tiny op'] ?? Infinity))
    expect([allocated, freed, disposals.count]).toEqual([9, 9, 1])
  })

  it('gives the reason of a backend that breaks while it is timed', async () => {
    const { backend, disposals } = fakeBackend('lost')
    Object.assign(backend, { synchronize: () => Promise.reject(new Error('device lost')) })
    registerBackend(plugin('lost', () => backend))
    expect((await only('lost', true)).found).toMatchObject({
      available: false,
      reason: 'it does not work: device lost',
    })
    expect(disposals.count).toBe(1)
  })

  it('asks a probe that answers later', async () => {
    const late = async () => unavailable('no driver', 'install one')
    registerBackend(plugin('late', () => fakeBackend('late').backend, late))
    expect((await only('late')).found).toMatchObject({ reason: 'no driver', mend: 'install one' })
  })
})
