import { acc, contiguousStrides, input, kernels, type Operand, scalar } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { WasmBackend } from '../src/index.ts'

const a = input(0, 'float32')
const b = input(1, 'float32')

function operand(
  backend: WasmBackend,
  shape: readonly number[],
  strides = contiguousStrides(shape),
): Operand {
  const length = 1 + shape.reduce((last, size, d) => last + (size - 1) * strides[d], 0)
  const buffer = backend.allocate('float32', length)
  backend.write(
    buffer,
    Float32Array.from({ length }, (_, i) => i),
  )
  return { buffer, dtype: 'float32', shape, strides, offset: 0 }
}

describe('compiled programs', () => {
  it('serve a million scalar values with one compile', () => {
    const backend = new WasmBackend()
    const [x, y] = [operand(backend, [2]), operand(backend, [2])]
    const kernel = kernels.map([a.mul(scalar(0, 'float32')).add(scalar(1, 'float32'))])
    const scalars = [0, 0]
    let sum = 0
    const { bytes } = backend
    for (let i = 0; i < 1_000_000; i++) {
      scalars[0] = i
      scalars[1] = i + 0.5
      backend.run(kernel, [x], [y], scalars)
      if (i % 1000 === 0) sum += backend.readSync(y.buffer, 1, 1)[0] as number
    }
    expect(sum).toBe(1000 * 0.5 + 2 * 1000 * ((1000 * 999) / 2))
    expect(backend.compiled).toBe(1)
    expect(backend.bytes).toBe(bytes)
  })

  it('serve a thousand shapes with a compile per class of layouts', () => {
    const backend = new WasmBackend()
    const add = kernels.map([a.add(b)])
    const sum = kernels.reduce([{ op: 'sum', value: a }], [acc(0, 'float32')])
    let checked = 0
    const { bytes } = backend
    for (let rows = 1; rows <= 40; rows++) {
      for (let columns = 1; columns <= 25; columns++) {
        const shape = [rows, columns]
        const x = operand(backend, shape)
        const bias = operand(backend, [columns])
        const y = operand(backend, shape)
        backend.run(add, [x, { ...bias, shape, strides: [0, 1] }], [y], [])
        const last = rows * columns - 1
        expect(backend.readSync(y.buffer, last, 1)[0]).toBe(last + columns - 1)
        const total = operand(backend, [rows])
        backend.run(sum, [x], [{ ...total, shape, strides: [1, 0] }], [])
        const first = backend.readSync(total.buffer, 0, 1)[0]
        expect(first).toBe((columns * (columns - 1)) / 2)
        for (const { buffer } of [x, bias, y, total]) backend.free(buffer)
        checked++
      }
    }
    expect(checked).toBe(1000)
    expect(backend.compiled).toBeLessThan(20)
    // What a thread's programs take, but nothing for each shape.
    expect(backend.bytes - bytes).toBeLessThan(2 ** 20)
  })

  it('are kept up to a bound, and compiled again when they are needed again', () => {
    const backend = new WasmBackend({ programs: 10 })
    const [x, y] = [operand(backend, [3]), operand(backend, [3])]
    const list = Array.from({ length: 30 }, (_, i) => kernels.map([a.mul(i).add(2)]))
    for (const kernel of list) backend.run(kernel, [x], [y], [])
    expect(backend.compiled).toBe(30)
    expect(backend.programs).toBeLessThanOrEqual(10)
    backend.run(list[29], [x], [y], [])
    expect(backend.compiled).toBe(30)
    backend.run(list[0], [x], [y], [])
    expect(backend.compiled).toBe(31)
    expect(backend.readSync(y.buffer, 0, 3)).toEqual(Float32Array.of(2, 2, 2))
  })
})

describe('warming up', () => {
  it('compiles before the first call', async () => {
    const backend = new WasmBackend({ threads: 1 })
    const list = [kernels.map([a.mul(a).add(0.25)]), kernels.softmax('float32', false, false)]
    const steps: string[] = []
    await backend.warmUp(list, (done, total) => steps.push(`${done}/${total}`))
    expect(steps).toEqual(['1/2', '2/2'])
    expect(backend.compiled).toBe(1)
    const [x, y] = [operand(backend, [5]), operand(backend, [5])]
    backend.run(list[0], [x], [y], [])
    expect(backend.compiled).toBe(1)
    expect(backend.readSync(y.buffer, 0, 5)).toEqual(Float32Array.of(0.25, 1.25, 4.25, 9.25, 16.25))
  })
})
