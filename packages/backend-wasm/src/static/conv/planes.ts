import { args } from '../arguments.ts'
import type { Host } from '../host.ts'
import { type FloatName, suffix } from '../operands.ts'
import { product, type Triple, type Volume } from './geometry.ts'

/** Planes from which patches are read, all offsets in elements. */
export interface Planes {
  readonly address: number
  readonly item: number
  readonly channel: number
  /** Offset of the element that has these coordinates in the padded plane. */
  offset(z: number, y: number, x: number): number
}

/**
 * The planes of `source` with `low` zeros before each dim (less than none: a crop) and `size` in all; each row's columns sorted by their
 * remainder modulo `phases`, so that a kernel with that stride reads neighbours. The source itself where nothing is to be done.
 */
export function planes(
  host: Host,
  dtype: FloatName,
  source: Volume,
  low: Triple,
  size: Triple,
  phases: number,
): Planes {
  const [zStep, yStep, xStep] = source.strides
  const inside = low.every((l, d) => l === 0 && size[d] <= source.size[d])
  if (inside && phases === 1 && (xStep === 1 || source.size[2] === 1)) {
    return {
      address: host.address(source.operand),
      item: source.itemStride,
      channel: source.channelStride,
      offset: (z, y, x) => z * zStep + y * yStep + x,
    }
  }
  const perPhase = Math.ceil(size[2] / phases)
  const columns = perPhase * phases
  const plane = size[0] * size[1] * columns
  const { items, channels } = source
  const address = host.address(host.temporary(dtype, [items * channels, plane]))
  args
    .reset(host.address(source.operand), address, channels, source.itemStride, source.channelStride)
    .add(...source.strides, ...source.size, ...low, size[0], size[1], columns, phases)
  const elements = items * channels * (plane + product(source.size))
  host.dispatch(`pad_planes_${suffix[dtype]}`, args, items * channels, elements * 0.5)
  return {
    address,
    item: channels * plane,
    channel: plane,
    offset: (z, y, x) =>
      (z * size[1] + y) * columns + (x % phases) * perPhase + Math.floor(x / phases),
  }
}
