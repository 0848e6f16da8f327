import {
  acc,
  type Backend,
  index,
  input,
  type Kernel,
  kernels,
  load,
  scalar,
} from '@sconce/backend'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWebgpuBackend } from '../src/index.ts'
import { blank, expectedOf, numbers, outputsOf, type Spec } from './reference.ts'

let backend: Backend

beforeAll(async () => {
  backend = await createWebgpuBackend()
})
afterAll(() => backend.dispose())

const floats = (shape: readonly number[], seed = 1): Spec => ({
  dtype: 'float32',
  shape,
  data: numbers(
    shape.reduce((a, b) => a * b, 1),
    seed,
  ),
})

/** Runs a kernel here and on the interpreter. */
async function same(
  kernel: Kernel,
  inputs: readonly Spec[],
  outputs: readonly Spec[],
  ...rest: [scalars?: readonly number[], inPlace?: readonly (number | undefined)[]]
): Promise<void> {
  const found = await outputsOf(backend, kernel, inputs, outputs, ...rest)
  expect(found).toEqual(await expectedOf(kernel, inputs, outputs, ...rest))
}

const [x, y] = [input(0, 'float32'), input(1, 'float32')]

describe('map', () => {
  it('walks strided, broadcast and offset operands', async () => {
    const sum = kernels.map([x.add(y).mul(scalar(0, 'float32'))])
    const a: Spec = { ...floats([40]), shape: [5, 7], strides: [1, 5], offset: 3 }
    const b: Spec = { ...floats([7], 2), shape: [5, 7], strides: [0, 1] }
    await same(sum, [a, b], [blank('float32', [5, 7])], [0.5])
  })

  it('has several outputs, of several dtypes', async () => {
    const kernel = kernels.map([x.add(1), x.gt(0), x.cast('int32'), x.abs().cast('uint8')])
    const outputs = (['float32', 'bool', 'int32', 'uint8'] as const).map((d) => blank(d, [100]))
    await same(kernel, [floats([100])], outputs)
  })

  it('updates in place, and swaps two operands', async () => {
    const swap = kernels.map([y, x])
    const pair = [floats([90]), floats([90], 5)]
    await same(swap, pair, pair, [], [0, 1])
  })

  it('takes more operands than a program may be bound to', async () => {
    const inputs = Array.from({ length: 20 }, (_, i) => floats([33], i + 1))
    const all = inputs.map((_, i) => input(i, 'float32'))
    const kernel = kernels.map([all.reduce((a, b) => a.add(b)), all[17].sub(all[3])])
    await same(kernel, inputs, [blank('float32', [33]), blank('float32', [33])])
  })

  it('loads at coordinates, zero outside', async () => {
    const kernel = kernels.map([load(0, 'float32', [index(1), index(0).sub(1)])], ['float32'])
    await same(kernel, [floats([3, 4])], [blank('float32', [5, 4])])
  })

  it('runs over more workgroups than a row of them has', async () => {
    const count = 32_768 * 64 + 1000
    const buffer = backend.allocate('int32', count)
    const operand = { buffer, dtype: 'int32', shape: [count], strides: [1], offset: 0 } as const
    backend.run(kernels.map([index(0).mul(3)], []), [], [operand], [])
    const found = await backend.read(buffer, 0, count)
    backend.free(buffer)
    expect(found.findIndex((value, i) => value !== i * 3)).toBe(-1)
  })

  it('knows NaN, infinities and the sign of zero', async () => {
    const special: Spec = {
      dtype: 'float32',
      shape: [6],
      data: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1],
    }
    const kernel = kernels.map([
      x.mul(0),
      x.sub(x),
      x.add(0),
      x.max(-1),
      x.neg(),
      x.isnan(),
      x.lt(Number.POSITIVE_INFINITY),
    ])
    const outputs = kernel.outputs.map((dtype) => blank(dtype, [6]))
    await same(kernel, [special], outputs)
  })
})

describe('reduce', () => {
  const reduced = (shape: readonly number[], kept: number): Spec => ({
    dtype: 'float32',
    data: new Array<number>(shape.slice(0, kept).reduce((a, b) => a * b, 1)).fill(0),
    shape,
    strides: shape.map((_, d) =>
      d < kept ? shape.slice(d + 1, kept).reduce((a, b) => a * b, 1) : 0,
    ),
  })
  const kernel = kernels.reduce(
    [
      { op: 'sum', value: x },
      { op: 'max', value: x },
      { op: 'argmin', value: x },
      { op: 'any', value: x.gt(7.5) },
    ],
    [acc(0, 'float32').add(acc(1, 'float32')), acc(2, 'int32'), acc(3, 'bool')],
  )

  for (const [shape, kept] of [
    [[7, 5], 1],
    [[3, 1000], 1],
    [[20_000], 0],
    [[5000, 40], 1],
    [[2, 3, 4, 50], 2],
    [[4, 0], 1],
  ] as const) {
    it(`[${shape}] to ${kept} dims`, async () => {
      const out = reduced(shape, kept)
      const outputs: Spec[] = kernel.outputs.map((dtype) => ({ ...out, dtype }))
      await same(kernel, [floats(shape)], outputs)
    })
  }

  it('adds up large counts without losing digits', async () => {
    const count = 3_000_000
    const out: Spec = { dtype: 'float32', data: [0], shape: [count], strides: [0] }
    const one: Spec = { dtype: 'float32', data: [0.1], shape: [count], strides: [0] }
    const [sum] = await outputsOf(
      backend,
      kernels.reduce([{ op: 'sum', value: x }], [acc(0, 'float32')]),
      [one],
      [out],
    )
    expect(Number(sum[0]) / (Math.fround(0.1) * count)).toBeCloseTo(1, 5)
  })

  it('takes NaN for the extreme, and the first of equals', async () => {
    const data = [3, 1, Number.NaN, 1, Number.NaN, 9]
    const out: Spec = { dtype: 'float32', data: [0], shape: [6], strides: [0] }
    const search = kernels.reduce(
      [
        { op: 'argmax', value: x },
        { op: 'min', value: x },
      ],
      [acc(0, 'int32'), acc(1, 'float32')],
    )
    const outputs: Spec[] = [{ ...out, dtype: 'int32' }, out]
    await same(search, [{ dtype: 'float32', data, shape: [6] }], outputs)
  })
})

describe('scatter', () => {
  const at = input(0, 'int32')
  const value = input(1, 'float32')
  const places: Spec = {
    dtype: 'int32',
    shape: [3000],
    data: Array.from({ length: 3000 }, (_, i) => ((i * 7919) % 53) - 2),
  }

  for (const combine of ['assign', 'add', 'mul', 'min', 'max'] as const) {
    it(`${combine}: all duplicates count, what is outside is dropped`, async () => {
      const kernel = kernels.scatter(combine, [at], combine === 'mul' ? value.sign() : value)
      // The target holds ones: a product of signs is exact in any order.
      const target: Spec = { dtype: 'float32', shape: [50], data: new Array<number>(50).fill(1) }
      await same(kernel, [places, floats([3000])], [target])
    })

    it(`${combine} on integers and truth values`, async () => {
      for (const dtype of ['int32', 'uint8', 'bool'] as const) {
        const kernel = kernels.scatter(combine, [at], value.cast('int32').cast(dtype))
        const target: Spec = { dtype, shape: [50], data: new Array<number>(50).fill(1) }
        await same(kernel, [places, floats([3000])], [target])
      }
    })
  }

  it('assigns the last of duplicates, always', async () => {
    const count = 100_000
    const everywhere: Spec = {
      dtype: 'int32',
      shape: [count],
      data: new Array<number>(count).fill(0),
    }
    const kernel = kernels.scatter('assign', [input(0, 'int32')], index(0))
    for (let i = 0; i < 5; i++) {
      const [found] = await outputsOf(backend, kernel, [everywhere], [blank('int32', [1])])
      expect(found[0]).toBe(count - 1)
    }
  })
})

describe('matmul', () => {
  const product = acc(0, 'float32')
  const plain = kernels.matmul('float32', product)

  for (const [batch, m, k, n] of [
    [1, 4, 4, 4],
    [1, 33, 17, 65],
    [3, 32, 100, 31],
    [1, 1, 500, 9],
    [2, 5, 3000, 6],
    [2, 40, 0, 8],
  ]) {
    it(`${batch} of ${m} × ${k} × ${n}`, async () => {
      const [a, b] = [floats([batch, m, k]), floats([batch, k, n], 3)]
      await same(plain, [a, b], [blank('float32', [batch, m, n])])
    })
  }

  it('takes transposed and broadcast factors, and an epilogue', async () => {
    const kernel = kernels.matmul('float32', product.add(input(2, 'float32')).max(0))
    const a: Spec = { ...floats([20, 40]), shape: [2, 40, 20], strides: [0, 1, 40] }
    const b = floats([2, 20, 36], 4)
    const bias: Spec = { ...floats([36], 5), shape: [2, 40, 36], strides: [0, 0, 1] }
    await same(kernel, [a, b, bias], [blank('float32', [2, 40, 36])])
  })

  it('leaves integers to the lowering', () => {
    expect(backend.supports(plain)).toBe(true)
    expect(backend.supports(kernels.matmul('int32', acc(0, 'int32')))).toBe(false)
  })
})
