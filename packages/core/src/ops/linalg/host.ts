import { contiguousStrides, type DType, elementCount, type TypedArray } from '@sconce/backend'
import { encode } from '../../host-data.ts'
import { broadcastStrides } from '../../shape.ts'
import { makeTensor, type Tensor } from '../../tensor.ts'

/*
 * Linear algebra is computed on the host: a tensor is read as a batch of matrices of doubles, each is
 * handed to `core/src/linalg`, and the results are written back in the dtype of the tensor.
 */

/** A batch of matrices, vectors or numbers on the host. */
export interface HostBatch {
  readonly count: number
  /** Part `i`, row-major; a view, which must not be written to. */
  at(i: number): Float64Array
}

const toDoubles = (raw: TypedArray): Float64Array =>
  raw instanceof Float64Array
    ? raw
    : raw instanceof BigInt64Array
      ? Float64Array.from(raw, Number)
      : new Float64Array(raw)

/**
 * Reads a tensor whose last `rank` dims make one part.
 *
 * @throws SyncReadUnavailable on a device that can't be read synchronously.
 */
export function readBatch(t: Tensor, rank: number): HostBatch {
  const split = t.ndim - rank
  const size = elementCount(t.shape.slice(split))
  const data = toDoubles(t.toTypedArray())
  return {
    count: elementCount(t.shape.slice(0, split)),
    at: (i) => data.subarray(i * size, (i + 1) * size),
  }
}

/** Which part of a batch of shape `own` belongs to position `i` of the batch it is broadcast to. */
export function broadcastPosition(
  own: readonly number[],
  batch: readonly number[],
): (i: number) => number {
  const strides = broadcastStrides({ shape: own, strides: contiguousStrides(own) }, batch)
  return (i) => {
    let rest = i
    let position = 0
    for (let d = batch.length - 1; d >= 0; d--) {
      position += (rest % batch[d]) * strides[d]
      rest = Math.floor(rest / batch[d])
    }
    return position
  }
}

/** As `readBatch`, with the parts at the positions of a batch that the tensor's is broadcast to. */
export function readBroadcast(t: Tensor, rank: number, batch: readonly number[]): HostBatch {
  const own = readBatch(t, rank)
  const position = broadcastPosition(t.shape.slice(0, t.ndim - rank), batch)
  return { count: elementCount(batch), at: (i) => own.at(position(i)) }
}

function toArray(dtype: DType, values: ArrayLike<number>): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(values)
    case 'float64':
      return new Float64Array(values)
    case 'int32':
      return new Int32Array(values)
    default:
      return encode(dtype, Array.from(values))
  }
}

/** Numbers as a tensor on the device of `like`. */
export function upload(
  values: ArrayLike<number>,
  dtype: DType,
  shape: readonly number[],
  like: Tensor,
): Tensor {
  const { device } = like.storage
  const result = makeTensor(device, dtype, shape)
  if (values.length > 0) device.backend.write(result.storage.use(), toArray(dtype, values))
  return result
}

/** A part of the result for each element of a batch: its shape, and its dtype if not the tensor's. */
export interface Part {
  readonly shape: readonly number[]
  readonly dtype?: DType
}

/** A part of the result in the dtype of the tensor. */
export const part = (...shape: number[]): Part => ({ shape })
/** A part of integers, such as pivots and infos. */
export const integers = (...shape: number[]): Part => ({ shape, dtype: 'int32' })

/**
 * Tensors on the device of `like` with the parts that `each` gives for every position of a batch.
 *
 * @param parts by name what `each` returns
 */
export function batched<K extends string>(
  like: Tensor,
  batch: readonly number[],
  parts: Readonly<Record<K, Part>>,
  each: (i: number) => Readonly<Record<K, ArrayLike<number> | number>>,
): Record<K, Tensor> {
  const count = elementCount(batch)
  const names = Object.keys(parts) as K[]
  const sizes = names.map((name) => elementCount(parts[name].shape))
  const values = sizes.map((size) => new Float64Array(count * size))
  for (let i = 0; i < count; i++) {
    const found = each(i)
    names.forEach((name, k) => {
      const value = found[name]
      if (typeof value === 'number') values[k][i] = value
      else values[k].set(value, i * sizes[k])
    })
  }
  const tensors = names.map((name, k) => {
    const { shape, dtype = like.dtype } = parts[name]
    return [name, upload(values[k], dtype, [...batch, ...shape], like)]
  })
  // The keys are those of `parts`.
  return Object.fromEntries(tensors) as Record<K, Tensor>
}
