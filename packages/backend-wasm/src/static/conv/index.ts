import { type ConvKernel, isContiguous, type Operand } from '@sconce/backend'
import { target } from '../copy.ts'
import { contract, flag } from '../epilogue.ts'
import type { Host } from '../host.ts'
import { as, convert, floatOf } from '../operands.ts'
import { forward } from './forward.ts'
import { geometry, maxRank } from './geometry.ts'
import { inputGradient } from './input-gradient.ts'
import { isPointwise, pointwise } from './pointwise.ts'
import { weightGradient } from './weight-gradient.ts'

export const supportsConv = (kernel: ConvKernel): boolean =>
  kernel.stride.length >= 1 && kernel.stride.length <= maxRank

/** An operand with one value per channel can be added in the tiles. */
function biasFlag(bias: Operand): number {
  const perChannel = bias.shape.every(
    (size, d) => size === 1 || bias.strides[d] === (d === 1 ? 1 : 0),
  )
  return perChannel ? flag.biasRow : 0
}

const none = () => 0

/** Convolution and its gradients for operands of any layout; half precision is computed in float32. */
export function runConv(
  host: Host,
  kernel: ConvKernel,
  inputs: readonly Operand[],
  [out]: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const dtype = floatOf(kernel.dtype)
  const first = as(host, inputs[0], dtype)
  const second = as(host, inputs[1], dtype)
  const g = geometry(kernel)
  const simple = (w: Operand) => isPointwise(w, g)
  switch (kernel.mode) {
    case 'forward':
      contract(host, kernel, inputs, out, scalars, biasFlag, (y, flags, bias) => {
        const done = simple(second) && pointwise(host, first, second, y, g, false, flags, bias)
        if (!done) forward(host, dtype, first, second, y, g, flags, bias)
      })
      return
    case 'inputGradient':
      contract(host, kernel, inputs, out, scalars, none, (gx, flags) => {
        const done = simple(second) && pointwise(host, first, second, gx, g, true, flags, 0)
        if (!done) inputGradient(host, dtype, first, second, gx, g, flags)
      })
      return
    case 'weightGradient':
      // Only whole sums are stored: the epilogue, if there is one, is a map over them.
      contract(
        host,
        kernel,
        inputs,
        out,
        scalars,
        none,
        (gw) => {
          const fits = isContiguous(gw.shape, gw.strides)
          const { operand, finish } = target(host, gw, dtype, fits, convert)
          weightGradient(host, dtype, first, second, operand, g, 0)
          finish()
        },
        false,
      )
      return
    default:
      kernel.mode satisfies never
  }
}
