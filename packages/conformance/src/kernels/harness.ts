/** Kernels on the backend under test and on the reference, side by side. */
import {
  type Backend,
  type DType,
  dtypes,
  elementCount,
  execute,
  isFloat,
  type Kernel,
  newArray,
  type Operand,
  type TypedArray,
} from '@sconce/backend'
import {
  convert,
  decode,
  encode,
  indices,
  ReferenceBackend,
  type Value,
} from '@sconce/backend/reference'
import { at, type Comparison, worst } from '../compare/comparison.ts'
import { compareTensors } from '../compare/tensors.ts'
import { exact, type Tolerance } from '../compare/tolerances.ts'

/** Ways in which the same elements can lie in memory. */
export const layouts = ['contiguous', 'transposed', 'offset', 'strided'] as const
export type LayoutName = (typeof layouts)[number]

/** An operand to be: elements in row-major order, and how they lie. */
export interface Spec {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly values: readonly Value[]
  readonly layout?: LayoutName
  /** Dims of stride 0; `values` are those of the other dims. */
  readonly broadcast?: readonly number[]
}

/** A number that no sample is, for gaps and for what outputs hold before. */
const FILLER = 77

/** Elements before the first, where a layout has an offset. */
const OFFSET = 3

interface Plan {
  readonly strides: number[]
  readonly offset: number
  readonly length: number
}

function planOf({ shape, layout = 'contiguous', broadcast = [] }: Spec): Plan {
  const strides = shape.map(() => 0)
  const order = [...shape.keys()]
  if (layout !== 'transposed') order.reverse()
  let step = layout === 'strided' ? 2 : 1
  for (const d of order) {
    if (broadcast.includes(d)) continue
    strides[d] = step
    step *= Math.max(shape[d], 1)
  }
  const offset = layout === 'offset' || layout === 'strided' ? OFFSET : 0
  const extent = shape.reduce((sum, size, d) => sum + Math.max(size - 1, 0) * strides[d], 1)
  return { strides, offset, length: offset + extent + 2 }
}

const placeOf = (
  { offset, strides }: Pick<Operand, 'offset' | 'strides'>,
  index: number[],
): number => index.reduce((place, i, d) => place + i * strides[d], offset)

function fill(data: TypedArray, place: number, value: Value, dtype: DType): void {
  data[place] = encode(convert(value, dtype), dtype)
}

/** The shape of the elements that differ: broadcast dims have one, as have those that a reduction collapses. */
const distinctShape = ({ shape, broadcast = [] }: Pick<Spec, 'shape' | 'broadcast'>): number[] =>
  shape.map((size, d) => (broadcast.includes(d) ? 1 : size))

/** A whole buffer: the elements of a spec, and the filler around them. */
function elementsOf(spec: Spec): TypedArray {
  const { dtype, values } = spec
  const { strides, offset, length } = planOf(spec)
  const data = newArray(dtype, length)
  for (let i = 0; i < length; i++) fill(data, i, FILLER, dtype)
  let next = 0
  for (const index of indices(distinctShape(spec)))
    fill(data, placeOf({ offset, strides }, index), values[next++], dtype)
  return data
}

/** Puts an operand on a backend. */
export function put(backend: Backend, spec: Spec): Operand {
  const { dtype, shape } = spec
  const { strides, offset, length } = planOf(spec)
  const buffer = backend.allocate(dtype, length)
  backend.write(buffer, elementsOf(spec))
  return { buffer, dtype, shape, strides, offset }
}

/** An output that holds the filler everywhere. */
export function blank(
  dtype: DType,
  shape: readonly number[],
  more: Pick<Spec, 'layout' | 'broadcast'> = {},
): Spec {
  const count = elementCount(distinctShape({ shape, ...more }))
  return { dtype, shape, values: Array<number>(count).fill(FILLER), ...more }
}

/** A kernel call to be. */
export interface KernelCall {
  readonly kernel: Kernel
  readonly inputs: readonly Spec[]
  readonly outputs: readonly Spec[]
  readonly scalars?: readonly number[]
  /** The k-th output is the very view of an input. */
  readonly inPlace?: readonly (number | undefined)[]
  /** Default: integers, bool and floats all exact. */
  readonly tolerance?: Tolerance
  /** Elements of each output in row-major order; default: what the reference makes of the call. */
  readonly expected?: readonly (readonly Value[])[]
}

interface Elements {
  readonly dtype: DType
  readonly data: TypedArray
}

/** Runs a call on a backend; returns everything in the buffers of the outputs, gaps included. */
async function runOn(
  backend: Backend,
  { kernel, inputs, outputs, scalars = [], inPlace = [] }: KernelCall,
): Promise<Elements[]> {
  const from = inputs.map((spec) => put(backend, spec))
  const to = outputs.map((spec, k) => {
    const shared = inPlace[k]
    return shared === undefined ? put(backend, spec) : from[shared]
  })
  execute(backend, kernel, from, to, scalars)
  const results = await Promise.all(
    to.map(async ({ buffer, dtype }) => ({
      dtype,
      data: await backend.read(buffer, 0, buffer.length),
    })),
  )
  for (const { buffer } of new Set([...from, ...to])) backend.free(buffer)
  return results
}

const contiguous = (spec: Spec): Spec => ({ ...spec, layout: 'contiguous' })

/** What the reference makes of a call, which layouts don't change. */
async function referenceValues(call: KernelCall): Promise<Value[][]> {
  const outputs = call.outputs.map(contiguous)
  const plain = { ...call, inputs: call.inputs.map(contiguous), outputs, inPlace: [] }
  const found = await runOn(new ReferenceBackend(), plain)
  return found.map(({ dtype, data }, k) => {
    const { offset, strides } = planOf(outputs[k])
    return [...indices(distinctShape(outputs[k]))].map((index) =>
      decode(data[placeOf({ offset, strides }, index)], dtype),
    )
  })
}

/** The buffers of the outputs as they are to be: expected elements, and gaps that were left alone. */
const expectedBuffers = (
  { inputs, outputs, inPlace = [] }: KernelCall,
  values: readonly (readonly Value[])[],
): Elements[] =>
  outputs.map((spec, k) => {
    const shared = inPlace[k]
    const place = shared === undefined ? spec : inputs[shared]
    return { dtype: spec.dtype, data: elementsOf({ ...place, values: values[k] }) }
  })

/** What makes the same call, whatever the layouts. */
const keyOf = ({ kernel, inputs, outputs, scalars }: KernelCall): string =>
  JSON.stringify([
    kernel.id,
    scalars,
    inputs.map(({ shape, broadcast, values }) => [shape, broadcast, values.join()]),
    outputs.map(({ shape, broadcast, values }) => [shape, broadcast, values.join()]),
  ])

/**
 * Runs calls on a backend and compares the whole buffers of their outputs with what they are to be: also
 * what lies between and around the elements.
 */
export async function compareCalls(
  backend: Backend,
  calls: readonly KernelCall[],
): Promise<Comparison> {
  const known = new Map<string, Value[][]>()
  const found: Comparison[] = []
  for (const call of calls) {
    let { expected } = call
    if (!expected) {
      const key = keyOf(call)
      expected = known.get(key) ?? (await referenceValues(call))
      known.set(key, expected as Value[][])
    }
    const tolerance = toleranceOn(backend, call)
    const buffers = expectedBuffers(call, expected)
    found.push(compareBuffers(await runOn(backend, call), buffers, { ...call, tolerance }))
  }
  return worst(found)
}

/** Least normal float32: below it a device without subnormals has nothing but zero. */
const LEAST_NORMAL = 2 ** -126

/** The tolerance of a call; where the device claims no subnormals, zero may stand for one. */
function toleranceOn({ info }: Backend, { tolerance = exact }: KernelCall): Tolerance {
  if (info.numerics?.subnormals !== false) return tolerance
  return { ...tolerance, atol: Math.max(tolerance.atol, LEAST_NORMAL) }
}

function compareBuffers(
  actual: readonly Elements[],
  expected: readonly Elements[],
  { inputs, tolerance = exact }: KernelCall,
): Comparison {
  const shapes = inputs.map(({ shape, layout }) => `[${shape}]${layout ? ` ${layout}` : ''}`)
  const comparisons = actual.map(({ dtype, data }, k) => {
    const shape = [data.length]
    const compared = compareTensors(
      { dtype, shape, data },
      { dtype, shape, data: expected[k].data },
      { tolerance: isFloat(dtype) ? tolerance : exact },
    )
    return at(actual.length > 1 ? `output ${k}` : '', compared)
  })
  return at(`inputs ${shapes.join(', ')}`, worst(comparisons))
}

/** Numbers of a small generator, between 0 and 1: the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state / 0x80000000
  }
}

/** Values of a dtype that are neither special nor large: sixteenths for floats, small whole numbers. */
export function samples(dtype: DType, count: number, seed = 1): number[] {
  const next = randomNumbers(seed)
  const { kind } = dtypes[dtype]
  return Array.from({ length: count }, () => {
    if (kind === 'bool') return next() < 0.5 ? 0 : 1
    if (kind === 'int') return Math.floor(next() * 20) - (dtype === 'uint8' ? 0 : 10)
    return Math.round((next() * 8 - 4) * 16) / 16
  })
}
