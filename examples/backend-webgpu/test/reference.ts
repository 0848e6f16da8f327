import {
  type Backend,
  contiguousStrides,
  type DType,
  elementCount,
  execute,
  type Kernel,
  newArray,
  type Operand,
  type TypedArray,
} from '@sconce/backend'
import { ReferenceBackend } from '@sconce/backend/reference'

/** An operand to be made on a backend: elements, and how they are looked at. */
export interface Spec {
  readonly dtype: DType
  readonly data: readonly number[]
  readonly shape: readonly number[]
  readonly strides?: readonly number[]
  readonly offset?: number
}

/** A contiguous operand of zeros. */
export const blank = (dtype: DType, shape: readonly number[]): Spec => ({
  dtype,
  shape,
  data: new Array<number>(elementCount(shape)).fill(0),
})

/** Numbers that look random, from a seed; small integers and quarters, so that sums are exact. */
export function numbers(count: number, seed = 1): number[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return (Math.floor(state / 65536) % 64) / 4 - 8
  })
}

function place(backend: Backend, spec: Spec): Operand {
  const { dtype, data, shape, strides = contiguousStrides(shape), offset = 0 } = spec
  const array = newArray(dtype, data.length)
  data.forEach((value, i) => {
    array[i] = value
  })
  const buffer = backend.allocate(dtype, data.length)
  backend.write(buffer, array)
  return { buffer, dtype, shape, strides, offset }
}

/** The contents of all outputs' buffers after a kernel. `inPlace[k]` names the input that output k is. */
export async function outputsOf(
  backend: Backend,
  kernel: Kernel,
  inputs: readonly Spec[],
  outputs: readonly Spec[],
  scalars: readonly number[] = [],
  inPlace: readonly (number | undefined)[] = [],
): Promise<TypedArray[]> {
  const given = inputs.map((spec) => place(backend, spec))
  const wanted = outputs.map((spec, k) => {
    const input = inPlace[k]
    return input === undefined ? place(backend, spec) : given[input]
  })
  execute(backend, kernel, given, wanted, scalars)
  const found = await Promise.all(
    wanted.map(({ buffer }) => backend.read(buffer, 0, buffer.length)),
  )
  for (const { buffer } of new Set([...given, ...wanted])) backend.free(buffer)
  return found
}

/** What the kernel means, by the interpreter. */
export const expectedOf = (
  ...args: Parameters<typeof outputsOf> extends [Backend, ...infer Rest] ? Rest : never
): Promise<TypedArray[]> => outputsOf(new ReferenceBackend(), ...args)
