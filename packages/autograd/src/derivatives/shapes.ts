import { release, type Tensor, zeros } from '@sconce/core'
import { mode } from '../mode.ts'
import type { TensorInfo } from '../node.ts'

/** Where something has a shape, a dtype and a device: a tensor, or what is known about one. */
type Like = Pick<TensorInfo, 'shape' | 'device'>

/** Zeros like an argument, in the dtype of `g`. */
export const zerosFor = (g: Tensor, like: Like): Tensor =>
  zeros(like.shape, { dtype: g.dtype, device: like.device.name })

/** Zeros of the shape of `like`, but for the part that `view` shows, which is `g`. */
export function embedded(g: Tensor, like: Like, view: (whole: Tensor) => Tensor): Tensor {
  const whole = zerosFor(g, like)
  const part = view(whole)
  part.copy_(g)
  // The view was only a means: without it the zeros have one owner.
  if (!mode.enabled) release(part)
  return whole
}

/** Dims of a reduction over `rank` dims; none given means all, and of a 0-d tensor there are none. */
export function dimsOf(dim: number | readonly number[] | undefined, rank: number): number[] {
  if (typeof dim === 'number') return dimsOf([dim], rank)
  const dims: number[] = []
  if (dim === undefined || dim.length === 0 || rank === 0) {
    for (let d = 0; d < rank; d++) dims.push(d)
  } else {
    for (const d of dim) dims.push(d < 0 ? d + rank : d)
  }
  return dims
}

/** A reduced tensor with the reduced dims put back as 1: it broadcasts against what was reduced. */
export function restored(
  t: Tensor,
  dim: number | readonly number[] | undefined,
  keepdim: boolean,
  shape: readonly number[],
): Tensor {
  if (keepdim || t.ndim === shape.length) return t
  const dims = dimsOf(dim, shape.length)
  if (dims.length === shape.length && t.ndim === 0) return t
  return t.view(shape.map((s, d) => (dims.includes(d) ? 1 : s)))
}

/** A reduced tensor spread over the shape that was reduced, without a copy. */
export const spread = (
  t: Tensor,
  dim: number | readonly number[] | undefined,
  keepdim: boolean,
  shape: readonly number[],
): Tensor => restored(t, dim, keepdim, shape).expand(shape)
