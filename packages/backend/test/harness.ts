import {
  type Backend,
  type DType,
  dtypes,
  elementCount,
  execute,
  type Kernel,
  newArray,
  type Operand,
} from '../src/index.ts'
import { indices } from './toy-backend.ts'
import { convert, decode, encode, type Value } from './toy-scalars.ts'

/** Ways in which the same values can lie in memory. */
export const layoutNames = [
  'contiguous',
  'transposed',
  'offset',
  'strided',
  'broadcast',
  'broadcastInner',
] as const
export type LayoutName = (typeof layoutNames)[number]

/** What a test puts on a backend; `values` are in row-major order. */
export interface Spec {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly values?: readonly (number | bigint)[]
  readonly layout?: LayoutName
  /** In place of a layout by name. */
  readonly strides?: readonly number[]
}

function stridesOf({ shape, layout = 'contiguous', strides }: Spec): number[] {
  if (strides) return strides.slice()
  const found = shape.map(() => 0)
  let step = layout === 'strided' ? 2 : 1
  for (let k = 0; k < shape.length; k++) {
    const d = layout === 'transposed' ? k : shape.length - 1 - k
    if (layout === 'broadcast' && d === 0) continue
    if (layout === 'broadcastInner' && d === shape.length - 1) continue
    found[d] = step
    step *= Math.max(shape[d], 1)
  }
  return found
}

const place = (o: Operand, index: readonly number[]): number =>
  index.reduce((at, i, d) => at + i * o.strides[d], o.offset)

/** Values of a dtype that are neither special nor large: halves for floats, small whole numbers. */
export function samples(dtype: DType, count: number, seed = 1): number[] {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state / 0x80000000
  }
  const { kind } = dtypes[dtype]
  return Array.from({ length: count }, () => {
    if (kind === 'bool') return next() < 0.5 ? 0 : 1
    if (kind === 'int') return Math.floor(next() * 20) - (dtype === 'uint8' ? 0 : 10)
    return Math.round((next() * 8 - 4) * 64) / 64
  })
}

/** Puts values on a backend; the gaps of the layout are filled with 77 (or true). */
export function put(backend: Backend, spec: Spec): Operand {
  const { dtype, shape } = spec
  const strides = stridesOf(spec)
  const offset = spec.layout === 'offset' || spec.layout === 'strided' ? 3 : 0
  const extent = shape.reduce((sum, size, d) => sum + Math.max(size - 1, 0) * strides[d], 1)
  const length = offset + extent + 2
  const data = newArray(dtype, length)
  for (let i = 0; i < length; i++) data[i] = encode(convert(77, dtype), dtype)
  const buffer = backend.allocate(dtype, length)
  const operand: Operand = { buffer, dtype, shape, strides, offset }
  const values = spec.values ?? samples(dtype, elementCount(shape))
  let i = 0
  for (const index of indices(shape)) {
    data[place(operand, index)] = encode(convert(values[i++], dtype), dtype)
  }
  backend.write(buffer, data)
  return operand
}

/** All elements of a view, in row-major order, as values. */
export function get(backend: Backend, operand: Operand): Value[] {
  const { buffer, dtype, shape } = operand
  const data = backend.readSync!(buffer, 0, buffer.length)
  return [...indices(shape)].map((index) => decode(data[place(operand, index)], dtype))
}

/** All elements of the buffer under a view, gaps included. */
export function whole(backend: Backend, { buffer, dtype }: Operand): Value[] {
  const data: Iterable<number | bigint> = backend.readSync!(buffer, 0, buffer.length)
  return Array.from(data, (raw) => decode(raw, dtype))
}

/** Runs a kernel on specs (lowered where the backend lacks it); returns its operands. */
export function runOn(
  backend: Backend,
  kernel: Kernel,
  inputs: readonly Spec[],
  outputs: readonly Spec[],
  scalars: readonly number[] = [],
): Operand[] {
  const operands = outputs.map((spec) => put(backend, blank(spec)))
  execute(
    backend,
    kernel,
    inputs.map((spec) => put(backend, spec)),
    operands,
    scalars,
  )
  return operands
}

/** An output begins as 77 everywhere, unless the spec says otherwise. */
function blank(spec: Spec): Spec {
  return { ...spec, values: spec.values ?? Array(elementCount(spec.shape)).fill(77) }
}

/** An output view with stride 0 along the last `reduced` dims, as reductions take it. */
export function reducedSpec(dtype: DType, shape: readonly number[], reduced: number): Spec {
  const kept = shape.slice(0, shape.length - reduced)
  const strides = stridesOf({ dtype, shape: kept })
  return { dtype, shape, strides: [...strides, ...Array<number>(reduced).fill(0)] }
}

/** The numbers of a view, where truth values count as 0 and 1. */
export const numbers = (backend: Backend, operand: Operand): number[] =>
  get(backend, operand).map(Number)
