import {
  type Backend,
  canonicalize,
  contiguousStrides,
  type DType,
  dtypes,
  type Kernel,
  type Operand,
  type TypedArray,
} from '@sconce/backend'

/** Data with a layout on it: what a test gives a backend as an operand. */
export interface Data {
  readonly dtype: DType
  readonly elements: TypedArray
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

/** Numbers as contiguous data; floats of half precision must be given as bits. */
export function data(
  dtype: DType,
  elements: readonly (number | bigint)[],
  shape: readonly number[] = [elements.length],
  strides: readonly number[] = contiguousStrides(shape),
  offset = 0,
): Data {
  const array = new dtypes[dtype].array(elements.length)
  elements.forEach((x, i) => {
    array[i] = (dtype === 'int64' ? BigInt(x) : Number(x)) as never
  })
  return { dtype, elements: array, shape, strides, offset }
}

function upload(backend: Backend, { dtype, elements, shape, strides, offset }: Data): Operand {
  const buffer = backend.allocate(dtype, elements.length)
  backend.write(buffer, elements)
  return { buffer, dtype, shape, strides, offset }
}

/**
 * Runs a kernel on a backend and returns the whole buffers of its outputs. `aliases[k]` is the input
 * whose place output k takes.
 */
export function run(
  backend: Backend,
  kernel: Kernel,
  inputs: readonly Data[],
  outputs: readonly Data[],
  scalars: readonly number[] = [],
  aliases: readonly (number | undefined)[] = [],
): TypedArray[] {
  const from = inputs.map((d) => upload(backend, d))
  const to = outputs.map((d, k) => {
    const alias = aliases[k]
    return alias === undefined ? upload(backend, d) : from[alias]
  })
  const canonical = canonicalize(kernel, from, to)
  backend.run(kernel, canonical.inputs, canonical.outputs, scalars)
  if (!backend.readSync) throw new Error(`${backend.name} has no readSync`)
  const results = to.map(({ buffer }) => backend.readSync!(buffer, 0, buffer.length))
  for (const { buffer } of new Set([...from, ...to])) backend.free(buffer)
  return results
}
