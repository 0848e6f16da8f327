import { CpuBackend } from '@sconce/backend-cpu'
import {
  debugMemory,
  disposeDevice,
  getDevice,
  liveStorages,
  memory,
  scope,
  setMemoryLimit,
  type Tensor,
  tensor,
  useBackend,
  zeros,
} from '@sconce/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const device = 'small'
const options = { device }

/** A device that counts, with room for a hundred floats. */
beforeEach(() => {
  const backend = new CpuBackend({ name: device })
  useBackend(Object.assign(backend, { info: { ...backend.info, collected: false, budget: 400 } }))
})
afterEach(() => {
  debugMemory(false)
  disposeDevice(device)
})

describe('memory()', () => {
  it('counts what lives, and the most that ever did', () => {
    const a = tensor([1, 2, 3], options)
    scope(() => a.add(1).mul(2).shape)
    expect(memory()[device]).toEqual({
      ...{ bytes: 12, storages: 1, peakBytes: 36 },
      ...{ spilledBytes: 0, restoredBytes: 0, usage: { pooled: 0 } },
    })
  })

  it('counts what was spilled, and what came back', () => {
    const all = Array.from({ length: 4 }, (_, i) => tensor(new Array(40).fill(i), options))
    const { bytes, spilledBytes } = memory()[device]
    expect([bytes, spilledBytes]).toEqual([320, 320])
    expect(all.map((t) => t.sum().item())).toEqual([0, 40, 80, 120])
    expect(memory()[device].restoredBytes).toBeGreaterThanOrEqual(320)
    expect(memory()[device].bytes).toBeLessThanOrEqual(400)
  })
})

describe('spilling', () => {
  it('changes no result: views, in-place changes and all', () => {
    const run = (where: string): number[][] => {
      const state = Array.from({ length: 8 }, (_, i) =>
        tensor(
          Array.from({ length: 30 }, (_, j) => i + j / 7),
          { device: where },
        ),
      )
      for (let step = 0; step < 50; step++) {
        const i = step % 8
        const view = state[(i + 3) % 8].slice(0, 5, 20)
        view.mul_(0.5).add_(state[i].slice(0, 0, 15))
        state[i] = state[i].add(view.mean()).tanh()
      }
      return state.map((t) => t.toArray() as number[])
    }
    expect(run(device)).toEqual(run('cpu'))
    expect(memory()[device].spilledBytes).toBeGreaterThan(1000)
  })

  it('makes room where data are only written, and nothing is computed', () => {
    const all = Array.from({ length: 1000 }, (_, i) => tensor([i, i], options))
    expect(memory()[device].bytes).toBeLessThanOrEqual(400)
    expect(all[3].add(all[999]).toArray()).toEqual([1002, 1002])
  })

  it('waits for the limit that was set', () => {
    setMemoryLimit(1000, device)
    const all = Array.from({ length: 25 }, () => zeros(10, options))
    expect(memory()[device]).toMatchObject({ bytes: 1000, spilledBytes: 0 })
    const more = zeros(10, options)
    expect(memory()[device]).toMatchObject({ bytes: 520, spilledBytes: 520 })
    expect(all.length + more.numel()).toBe(35)
    expect(() => setMemoryLimit(0)).toThrow('a memory limit must be positive, but got 0')
  })

  it('bounds the count of small storages too, in a loop that never yields', () => {
    disposeDevice(device)
    const backend = new CpuBackend({ name: device })
    useBackend(Object.assign(backend, { info: { ...backend.info, collected: false } }))
    let most = 0
    let kept: Tensor = zeros(1, options)
    for (let i = 0; i < 50_000; i++) {
      kept = kept.add(1)
      most = Math.max(most, getDevice(device).residents.size)
    }
    expect(most).toBeLessThanOrEqual(16384)
    expect(kept.toArray()).toEqual([50_000])
  })
})

describe('the debug mode', () => {
  function makesOne(): Tensor {
    return tensor([1, 2], options).add(1)
  }

  it('lists what lives with where it was made', () => {
    tensor([0], options)
    debugMemory()
    const result = scope(() => makesOne())
    const other = zeros(3, { dtype: 'int64', device: 'cpu' })
    const list = liveStorages()
    expect(list).toMatchObject([
      { device, dtype: 'float32', length: 2, bytes: 8, where: 'device', owners: 1 },
      { device: 'cpu', dtype: 'int64', length: 3, bytes: 24, where: 'device', owners: 1 },
    ])
    // Not the library's own innermost calls alone: the user's are among them.
    expect(list[0].stack).toMatch(/makesOne/)
    expect(list[0].stack).not.toMatch(/origins\.ts/)
    expect(list[1].stack).toMatch(/memory\.test\.ts/)
    result[Symbol.dispose]()
    expect(liveStorages().map((s) => s.device)).toEqual(['cpu'])
    expect(other.numel()).toBe(3)
  })

  it('tells what is spilled', () => {
    debugMemory()
    const first = zeros(60, options)
    const second = zeros(60, options)
    expect(liveStorages().map(({ where }) => where)).toEqual(['host', 'device'])
    expect(first.add(second).shape).toEqual([60])
  })

  it('forgets when it is switched off, and notes nothing', () => {
    debugMemory()
    const a = makesOne()
    debugMemory(false)
    expect(liveStorages()).toEqual([])
    debugMemory()
    expect(liveStorages()).toEqual([])
    expect(a.toArray()).toEqual([2, 3])
  })

  it('holds nothing alive', async () => {
    debugMemory()
    ;(() => void makesOne())()
    expect(liveStorages().length).toBe(2)
    for (let i = 0; i < 50 && liveStorages().length > 0; i++) {
      // What was looked at lives until the end of the job.
      await new Promise((resolve) => setTimeout(resolve, 5))
      globalThis.gc?.()
    }
    expect(liveStorages()).toEqual([])
  })
})
