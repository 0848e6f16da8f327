import { type DType, isDType, isFloat, type TypedArray } from '@sconce/backend'
import {
  asFloat,
  camelCase,
  fromTypedArray,
  getDevice,
  type Scalar,
  Tensor,
  viewOf,
} from '@sconce/core'
import { decodeFloat, decodeInt, decodeTensor, isHostView } from '../compare/decode.ts'
import type { GoldenTensor, GoldenValue, GoldenValues } from '../golden/types.ts'

/** The arguments of a recorded call, as the library takes them. */
export interface CallArguments {
  readonly args: unknown[]
  /** Keyword arguments by their camelCase names. */
  readonly kwargs: Record<string, unknown>
  /** Every tensor among them, by its path: `args.1.0`. */
  readonly tensors: ReadonlyMap<string, Tensor>
}

/** Keyword arguments that say how elements lie in memory or where, and nothing about their values. */
const storageKeywords: ReadonlySet<string> = new Set(['memory_format', 'layout', 'pin_memory'])

/** A recorded number as a Scalar: PyTorch's `2.0` is a float in type promotion, a JS `2` is not. */
export const toScalar = (value: number): Scalar =>
  Number.isInteger(value) ? asFloat(value) : value

const tuples = new WeakSet<object>()

/** Whether an array stands for a Python tuple; an index tells it from a list. */
export const isTuple = (items: readonly unknown[]): boolean => tuples.has(items)

const holdsInt64 = (device: string): boolean =>
  getDevice(device).backend.info.dtypes.int64?.storage === true

/**
 * Uploads a recorded tensor; a non-contiguous one is the same view of the same storage. Where the device
 * does not hold int64, int32 stands for it.
 */
export function toTensor(value: GoldenTensor, device: string): Tensor {
  const host = decodeTensor(value)
  const narrow = host.dtype === 'int64' && !holdsInt64(device)
  const elements = (data: TypedArray): TypedArray => (narrow ? Int32Array.from(data, Number) : data)
  const options = { dtype: narrow ? 'int32' : host.dtype, device } as const
  if (!isHostView(host)) return fromTypedArray(elements(host.data), host.shape, options)
  const base = fromTypedArray(elements(host.storage), [host.storage.length], options)
  return viewOf(base, host.shape, host.stride, host.offset)
}

/** A slice as `Tensor.at` takes it: `'start:stop:step'`. */
function sliceText({ start, stop, step }: GoldenValue & { t: 'slice' }): string {
  const part = (value: GoldenValue): string => (value.t === 'int' ? `${value.v}` : '')
  return `${part(start)}:${part(stop)}:${part(step)}`
}

/**
 * A recorded value as the library takes it on a device.
 * @param path where the value stands in the call; `seen` is told every tensor by its path
 * @throws TypeError for a dtype that the library doesn't have
 */
export function toArgument(
  value: GoldenValue,
  device: string,
  path = '',
  seen?: (path: string, tensor: Tensor) => void,
): unknown {
  switch (value.t) {
    case 'tensor': {
      const made = toTensor(value, device)
      seen?.(path, made)
      return made
    }
    case 'int':
      return decodeInt(value.v)
    case 'float':
      return toScalar(decodeFloat(value.v))
    case 'str':
      // The device of the recording stands for the one under test.
      return value.v === 'cpu' ? device : value.v
    case 'bool':
    case 'size':
      return value.v
    case 'none':
      return null
    case 'ellipsis':
      return '...'
    case 'slice':
      return sliceText(value)
    case 'list':
    case 'tuple': {
      const items = value.v.map((item, i) => toArgument(item, device, `${path}.${i}`, seen))
      if (value.t === 'tuple') tuples.add(items)
      return items
    }
    case 'dict':
      return Object.fromEntries(
        Object.entries(value.v).map(([name, item]) => [
          name,
          toArgument(item, device, `${path}.${name}`, seen),
        ]),
      )
    case 'dtype':
      if (!isDType(value.v)) throw new TypeError(`unknown dtype ${value.v} in the recorded data`)
      return value.v
    case 'memory_format':
    case 'layout':
      return value.v
    default:
      return value satisfies never
  }
}

/** The arguments of a recorded call on a device. */
export function toArguments(
  call: { readonly args: readonly GoldenValue[]; readonly kwargs: GoldenValues },
  device: string,
): CallArguments {
  const tensors = new Map<string, Tensor>()
  const seen = (path: string, found: Tensor) => tensors.set(path, found)
  const args = call.args.map((value, i) => toArgument(value, device, `args.${i}`, seen))
  const kwargs = Object.fromEntries(
    Object.entries(call.kwargs)
      .filter(([name]) => !storageKeywords.has(name))
      .map(([name, value]) => [camelCase(name), toArgument(value, device, `kwargs.${name}`, seen)]),
  )
  return { args, kwargs, tensors }
}

/** The recorded tensors of a call by path. */
export function recordedTensors(call: {
  readonly args: readonly GoldenValue[]
  readonly kwargs: GoldenValues
}): Map<string, GoldenTensor> {
  const found = new Map<string, GoldenTensor>()
  const walk = (value: GoldenValue, path: string): void => {
    if (value.t === 'tensor') found.set(path, value)
    else if (value.t === 'list' || value.t === 'tuple')
      value.v.forEach((item, i) => walk(item, `${path}.${i}`))
    else if (value.t === 'dict')
      for (const [name, item] of Object.entries(value.v)) walk(item, `${path}.${name}`)
  }
  call.args.forEach((value, i) => walk(value, `args.${i}`))
  for (const [name, value] of Object.entries(call.kwargs)) walk(value, `kwargs.${name}`)
  return found
}

/** Dtypes in a recorded value: of tensors, unless they are not asked for, and named ones. */
export function dtypesIn(values: Iterable<GoldenValue>, ofTensors = true): Set<DType> {
  const found = new Set<DType>()
  const walk = (value: GoldenValue): void => {
    if (value.t === 'tensor') {
      if (ofTensors) found.add(value.dtype)
    } else if (value.t === 'dtype' && isDType(value.v)) found.add(value.v)
    else if (value.t === 'list' || value.t === 'tuple') value.v.forEach(walk)
    else if (value.t === 'dict') Object.values(value.v).forEach(walk)
  }
  for (const value of values) walk(value)
  return found
}

/** Whether int32 holds the elements of an int64 tensor. */
function fitsInt32(value: GoldenTensor): boolean {
  const { data } = decodeTensor(value)
  return (data as BigInt64Array).every((v) => BigInt.asIntN(32, v) === v)
}

/**
 * The dtypes that a device must hold for recorded arguments. Beside floats int64 tensors are indices,
 * classes and counts, for which int32 may stand.
 */
export function heldDTypes(values: readonly GoldenValue[]): Set<DType> {
  const needed = dtypesIn(values)
  if (!needed.has('int64') || ![...needed].some(isFloat)) return needed
  const tensors = [...recordedTensors({ args: values, kwargs: {} }).values()]
  const wide = tensors.filter(({ dtype }) => dtype === 'int64')
  const named = dtypesIn(values, false).has('int64')
  if (!named && wide.every(fitsInt32)) needed.delete('int64')
  return needed
}

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor
