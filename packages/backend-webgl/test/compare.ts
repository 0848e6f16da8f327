import {
  type Backend,
  contiguousStrides,
  type DType,
  dtypes,
  elementCount,
  execute,
  type Kernel,
  newArray,
  type TypedArray,
} from '@sconce/backend'
import { expect } from 'vitest'
import { reference } from './reference.ts'

/** An operand of a test: a view of its own buffer, or of the buffer of an earlier one. */
export interface View {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly strides?: readonly number[]
  readonly offset?: number
  /** Contents of the whole buffer. Default: numbers that depend on the place. */
  readonly data?: ArrayLike<number>
  /** Elements beyond those that the view needs. */
  readonly extra?: number
  /** The number of the view whose buffer this one shares, inputs before outputs. */
  readonly shares?: number
}

/** Pseudo-random numbers that are the same in every run. */
export function* random(seed = 1): Generator<number, never> {
  let state = seed
  while (true) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    yield (state >>> 8) / 2 ** 24
  }
}

/** Contents for a dtype: floats around 0, small integers of the sign that the dtype has. */
export function contents(dtype: DType, length: number, seed = 1): TypedArray {
  const data = newArray(dtype, length)
  const numbers = random(seed)
  for (let i = 0; i < length; i++) {
    const x = numbers.next().value
    if (dtype === 'bool') data[i] = Number(x > 0.5)
    else if (dtypes[dtype].kind === 'float') data[i] = x * 4 - 2
    else data[i] = Math.floor(x * 40) - (dtype === 'uint8' ? 0 : 20)
  }
  return data
}

function fill(dtype: DType, length: number, values: ArrayLike<number>): TypedArray {
  const data = newArray(dtype, length)
  for (let i = 0; i < values.length; i++) data[i] = values[i]
  return data
}

const extentOf = ({ shape, strides, offset = 0 }: View): number =>
  elementCount(shape) === 0
    ? offset
    : shape.reduce(
        (n, size, d) => n + (size - 1) * (strides ?? contiguousStrides(shape))[d],
        offset + 1,
      )

/** Runs a kernel on operands made for it, and reads the buffers of its outputs. */
export function runOn(
  backend: Backend,
  kernel: Kernel,
  views: readonly View[],
  scalars: ArrayLike<number>,
): TypedArray[] {
  const operands = views.reduce<ReturnType<typeof operandOf>[]>((list, view, i) => {
    list.push(operandOf(backend, view, i, list))
    return list
  }, [])
  const inputs = operands.slice(0, kernel.inputs.length)
  const outputs = operands.slice(kernel.inputs.length)
  execute(backend, kernel, inputs, outputs, scalars)
  const results = outputs.map(({ buffer }) => {
    const read = backend.readSync?.(buffer, 0, buffer.length)
    if (!read) throw new Error('the test needs a synchronous read')
    return read
  })
  for (const { buffer } of operands) backend.free(buffer)
  return results
}

function operandOf(
  backend: Backend,
  view: View,
  i: number,
  earlier: readonly { buffer: ReturnType<Backend['allocate']> }[],
) {
  const { dtype, shape, strides = contiguousStrides(shape), offset = 0, shares } = view
  if (shares !== undefined) return { buffer: earlier[shares].buffer, dtype, shape, strides, offset }
  const length = Math.max(extentOf(view) + (view.extra ?? 0), view.data?.length ?? 0)
  const buffer = backend.allocate(dtype, length)
  const data = view.data ? fill(dtype, length, view.data) : contents(dtype, length, i + 1)
  backend.write(buffer, data)
  return { buffer, dtype, shape, strides, offset }
}

/** The distance of two float32 in units of the last place of `expected`; 0 for the same special value. */
export function ulps(actual: number, expected: number): number {
  const exact = Math.fround(expected)
  if (Object.is(actual, exact) || actual === exact) return 0
  if (!Number.isFinite(actual) || !Number.isFinite(exact)) return Number.POSITIVE_INFINITY
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(expected))), -126)
  return Math.abs(actual - expected) / 2 ** (exponent - 23)
}

export interface Tolerance {
  /** Largest difference relative to the value, and to the largest value of the output. */
  readonly relative?: number
  readonly scale?: number
}

/** Asserts that two arrays hold the same numbers: exactly, but for floats within the tolerance. */
export function expectSame(
  actual: TypedArray,
  expected: TypedArray,
  tolerance: Tolerance = {},
): void {
  const { relative = 0, scale = 0 } = tolerance
  expect(actual.constructor).toBe(expected.constructor)
  expect(actual.length).toBe(expected.length)
  let largest = 0
  for (const x of expected) if (Number.isFinite(x)) largest = Math.max(largest, Math.abs(Number(x)))
  const wrong: string[] = []
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [Number(actual[i]), Number(expected[i])]
    if (Object.is(a, e) || Math.abs(a - e) <= relative * Math.abs(e) + scale * largest) continue
    wrong.push(`[${i}] ${Object.is(a, -0) ? '-0' : a}, not ${Object.is(e, -0) ? '-0' : e}`)
  }
  if (wrong.length > 0) expect.fail(`${wrong.length} wrong: ${wrong.slice(0, 8).join('; ')}`)
}

/** Runs a kernel on a backend and on the oracle, and asserts that all outputs' buffers agree. */
export function check(
  backend: Backend,
  kernel: Kernel,
  inputs: readonly View[],
  outputs: readonly View[],
  scalars: ArrayLike<number> = [],
  tolerance: Tolerance = {},
): void {
  const views = [...inputs, ...outputs]
  const expected = runOn(reference, kernel, views, scalars)
  const actual = runOn(backend, kernel, views, scalars)
  actual.forEach((data, i) => expectSame(data, expected[i], tolerance))
}
