/** The same elements, lying differently. */
import { type DType, elementCount, isInteger } from '@sconce/backend'
import { encode, fromTypedArray, type Scalar, type Tensor } from '@sconce/core'
import { samples } from '../kernels/harness.ts'

/** Elements of a tensor to be. */
export interface Elements {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** Row-major. */
  readonly values: readonly Scalar[]
}

/** In place of an integer zero, by which PyTorch refuses to divide. */
const NO_ZERO = 3

/** Elements of a shape: as the kernels' samples, but integers without zero. */
export const elements = (dtype: DType, shape: readonly number[], seed: number): Elements => ({
  dtype,
  shape,
  values: samples(dtype, elementCount(shape), seed).map((value) =>
    value === 0 && isInteger(dtype) ? NO_ZERO : value,
  ),
})

export const upload = ({ dtype, shape, values }: Elements, device: string): Tensor =>
  fromTypedArray(encode(dtype, values), [...shape], { dtype, device })

/** What fills the gaps of a layout. */
const FILLER = 77

/**
 * A view of `shape` with strides over a fresh storage; elsewhere in it lies the filler.
 * @param order the dims from the one of the largest stride to the one of the smallest
 */
function strided(
  { dtype, shape, values }: Elements,
  device: string,
  order: readonly number[],
  step: number,
  offset: number,
): Tensor {
  const strides = shape.map(() => 0)
  let stride = step
  for (const d of order.toReversed()) {
    strides[d] = stride
    stride *= Math.max(shape[d], 1)
  }
  const extent = shape.reduce((sum, size, d) => sum + Math.max(size - 1, 0) * strides[d], 1)
  const data = Array<Scalar>(offset + extent + 1).fill(FILLER)
  let i = 0
  const place = (dim: number, position: number): void => {
    if (dim === shape.length) {
      data[position] = values[i++]
      return
    }
    for (let k = 0; k < shape[dim]; k++) place(dim + 1, position + k * strides[dim])
  }
  if (values.length > 0) place(0, offset)
  const base = upload({ dtype, shape: [data.length], values: data }, device)
  return base.asStrided([...shape], strides, offset)
}

const dims = ({ shape }: Elements): number[] => [...shape.keys()]

/** By name; each gives a tensor that is equal to the uploaded one. */
export const layouts: Readonly<Record<string, (x: Elements, device: string) => Tensor>> = {
  offset: (x, device) => strided(x, device, dims(x), 1, 5),
  'every other': (x, device) => strided(x, device, dims(x), 2, 1),
  transposed: (x, device) => strided(x, device, dims(x).reverse(), 1, 0),
  rotated: (x, device) =>
    strided(
      x,
      device,
      [...dims(x).slice(1), 0].filter((d) => d < x.shape.length),
      1,
      3,
    ),
}

/** Elements that are the same along a dim, and the view of one slice that stands for them. */
export function repeated(x: Elements, dim: number, device: string): [Elements, Tensor] {
  const { dtype, shape, values } = x
  const inner = elementCount(shape.slice(dim + 1))
  const first = values.map(
    (_, i) => values[Math.floor(i / (inner * shape[dim])) * inner * shape[dim] + (i % inner)],
  )
  const narrow = shape.map((size, d) => (d === dim ? 1 : size))
  const slice = values.filter((_, i) => Math.floor(i / inner) % shape[dim] === 0)
  const view = upload({ dtype, shape: narrow, values: slice }, device).expand([...shape])
  return [{ dtype, shape, values: first }, view]
}
