import { getPlugin, input, kernels, type Operand } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { sizeClass } from '../src/device/slabs.ts'
import { plugin } from '../src/index.ts'
import { planReduce } from '../src/kernels/reduce-plan.ts'
import { bind, layoutClass } from '../src/wgsl/layouts.ts'
import { libraryText } from '../src/wgsl/library.ts'

describe('outside of a browser', () => {
  it('is registered, and says what it lacks', async () => {
    expect(getPlugin('webgpu')).toBe(plugin)
    const found = await plugin.probe()
    if (found.available) throw new Error('it is available')
    expect(found.reason).toBe('there is no WebGPU in this environment')
    expect(found.mend).toMatch(/^use a browser that has it/)
    await expect(plugin.create()).rejects.toThrow('the browser gives no WebGPU adapter')
  })
})

const view = (shape: number[], strides: number[]): Operand => ({
  buffer: { dtype: 'float32', length: 0 },
  dtype: 'float32',
  shape,
  strides,
  offset: 0,
})

describe('plans', () => {
  it('round sizes up by at most a quarter', () => {
    expect([1, 256, 257, 320, 321, 1000, 1024, 1025].map(sizeClass)).toEqual([
      256, 256, 320, 320, 384, 1024, 1024, 1280,
    ])
  })

  it('tell layouts apart by what is contiguous and what is broadcast, not by sizes', () => {
    expect(layoutClass(view([2, 3], [3, 1]))).toBe('c')
    expect(layoutClass(view([20, 30], [30, 1]))).toBe('c')
    expect(layoutClass(view([2, 3], [1, 2]))).toBe('11')
    expect(layoutClass(view([2, 3], [0, 1]))).toBe('01')
  })

  it('bind a piece of memory once', () => {
    const slab = (id: number) => ({ id, gpu: undefined as never, bytes: 0, batch: 0 })
    const [a, b, c] = [slab(0), slab(1), slab(2)]
    const { slabs, slots, read, written } = bind([a, b, a, c], [b])
    expect(slabs).toEqual([b, a, c])
    expect(slots.map((slot) => slot.written)).toEqual([true, false, false])
    expect([read, written]).toEqual([[1, 0, 1, 2], [0]])
  })

  it('reduce by lanes, by workgroups, or by several for a result', () => {
    const plan = (shape: number[], strides: number[]) => {
      const { team, chunks, kept, reduced } = planReduce(view(shape, strides))
      return [team, chunks, kept, reduced]
    }
    expect(plan([10, 8], [1, 0])).toEqual(['lane', 1, 10, 8])
    expect(plan([10_000, 500], [1, 0])).toEqual(['lane', 1, 10_000, 500])
    expect(plan([10, 500], [1, 0])).toEqual(['group', 1, 10, 500])
    expect(plan([1_000_000], [0])).toEqual(['group', 244, 1, 1_000_000])
  })
})

describe('the library', () => {
  it('brings what a function needs, and nothing else', () => {
    const text = libraryText(['f_sinh'])
    for (const name of ['f_sinh', 'f_expParts', 'f_scale', 'f_isnan'])
      expect(text).toContain(`fn ${name}(`)
    expect(text).not.toContain('fn f_log(')
  })

  it('has a function for every float op that is not written in place', () => {
    const kernel = kernels.map([input(0, 'float32').digamma()])
    expect(kernel.values[0].op).toBe('digamma')
    expect(() => libraryText(['f_nonsense'])).toThrow('the library has no f_nonsense')
  })
})
