import type { Operand } from '@sconce/backend'
import type { Host } from '../host.ts'
import { product as multiply } from '../matmul.ts'
import { view } from '../operands.ts'
import { evenStride, type Geometry, product, type Volume, volume } from './geometry.ts'

/** Whether a window is one tap, applied at every position: then a convolution is a matrix product. */
export const isPointwise = (w: Operand, g: Geometry): boolean =>
  product(volume(w).size) === 1 && g.stride.every((s) => s === 1) && g.padding.every((p) => p === 0)

/** [items, groups, channels per group, positions], if the positions are evenly spaced. */
function asMatrices(v: Volume, groups: number): Operand | undefined {
  const step = evenStride(v.size, v.strides)
  if (step === undefined) return undefined
  const channels = v.channels / groups
  return view(
    v.operand,
    [v.items, groups, channels, product(v.size)],
    [v.itemStride, channels * v.channelStride, v.channelStride, step],
  )
}

/**
 * out = W·from per item and group, with W's rows along its output channels or, `transposed`, along its
 * input channels. False if the layouts don't allow it.
 */
export function pointwise(
  host: Host,
  from: Operand,
  w: Operand,
  out: Operand,
  { groups }: Geometry,
  transposed: boolean,
  flags: number,
  bias: number,
): boolean {
  const [source, target] = [volume(from), volume(out)]
  const [b, c] = [asMatrices(source, groups), asMatrices(target, groups)]
  if (!b || !c || (bias !== 0 && groups > 1)) return false
  const window = volume(w)
  const rows = window.items / groups
  const [row, column] = transposed
    ? [window.channelStride, window.itemStride]
    : [window.itemStride, window.channelStride]
  const [m, k] = transposed ? [window.channels, rows] : [rows, window.channels]
  const a = view(w, [source.items, groups, m, k], [0, rows * window.itemStride, row, column])
  multiply(host, a, b, c, flags, bias)
  return true
}
