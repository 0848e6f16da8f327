import {
  dispatchInplace,
  type Operation,
  operations,
  RuntimeError,
  release,
  sameShape,
  sizes,
  type Tensor,
} from '@sconce/core'
import { mode } from '../mode.ts'
import type { Node, TensorInfo } from '../node.ts'

/** Whether a tensor of `shape` can be summed down to `target`. */
function reducesTo(shape: readonly number[], target: readonly number[]): boolean {
  const lead = shape.length - target.length
  return lead >= 0 && target.every((s, d) => s === shape[lead + d] || s === 1)
}

/** Frees a tensor that was only a means, unless it is part of a recorded pass. */
function discard(t: Tensor): void {
  if (!mode.enabled) release(t)
}

/** Sums a gradient over the dims that its tensor was broadcast along. */
export function sumTo(g: Tensor, target: readonly number[]): Tensor {
  const lead = g.ndim - target.length
  const dims: number[] = []
  for (let d = 0; d < g.ndim; d++) {
    if (d < lead || (target[d - lead] === 1 && g.shape[d] !== 1)) dims.push(d)
  }
  if (lead === 0 || dims.length === lead) return g.sum(dims, lead === 0)
  const summed = g.sum(dims, true)
  const result = summed.view(target)
  discard(summed)
  return result
}

/**
 * The gradient in the shape and dtype of its tensor.
 *
 * @throws RuntimeError in PyTorch's words where it doesn't fit.
 */
export function fitted(g: Tensor, info: TensorInfo, node: Node, index: number): Tensor {
  let result = g
  if (g.shape !== info.shape && !sameShape(g.shape, info.shape)) {
    if (!reducesTo(g.shape, info.shape)) {
      throw new RuntimeError(
        `Function ${node.name} returned an invalid gradient at index ${index} - got ${sizes(g.shape)} but expected shape compatible with ${sizes(info.shape)}`,
      )
    }
    result = sumTo(g, info.shape)
  }
  if (result.dtype !== info.dtype) {
    const summed = result
    result = summed.to(info.dtype)
    if (summed !== g) discard(summed)
  }
  if (result.storage.device !== info.device) {
    throw new RuntimeError(
      `Function ${node.name} returned an invalid gradient at index ${index} - expected device ${info.device.name} but got ${result.device}`,
    )
  }
  return result
}

let add: Operation | undefined

/** `a += b`, where nobody else sees `a`. */
export function addInto(a: Tensor, b: Tensor): void {
  add ??= operations.get('add') as Operation
  dispatchInplace(add, [a, b, undefined])
}

/**
 * The sum of two gradients that the engine owns, which it gives up. Into the first where nothing else
 * reaches its elements.
 */
export function merged(a: Tensor, b: Tensor): Tensor {
  if (a.storage.owners === 1 && a.isContiguous() && sameShape(a.shape, b.shape)) {
    addInto(a, b)
    release(b)
    return a
  }
  const sum = a.add(b)
  release(a)
  release(b)
  return sum
}
