import type { Operand } from '@sconce/backend'
import { dense } from '../copy.ts'
import type { Host } from '../host.ts'
import type { FloatName } from '../operands.ts'
import { each, type Geometry, grid, perChannel, product, type Triple, volume } from './geometry.ts'
import { convolve } from './patches.ts'
import { planes } from './planes.ts'

/** Positions r, r + stride, … of one dim, and the taps that reach them. */
interface Residue {
  readonly first: number
  readonly count: number
  /** For each tap that divides: the tap, and by how many places the output it meets lies after the position's number. */
  readonly taps: readonly { readonly tap: number; readonly shift: number }[]
}

/**
 * The positions of one dim by their remainder modulo the stride. An output place q meets position p through
 * tap t where q·stride = p + padding - t·dilation; for p = first + i·stride that is q = i + shift.
 */
function residues(
  size: number,
  taps: number,
  stride: number,
  padding: number,
  dilation: number,
): Residue[] {
  return Array.from({ length: Math.min(stride, size) }, (_, first) => ({
    first,
    count: Math.ceil((size - first) / stride),
    taps: Array.from({ length: taps }, (_, tap) => ({
      tap,
      shift: (first + padding - tap * dilation) / stride,
    })).filter(({ shift }) => Number.isInteger(shift)),
  }))
}

/** Zeros needed on either side of the outputs so that every shifted place is there. */
function reach(all: readonly Residue[], places: number): { low: number; size: number } {
  let low = 0
  let high = places
  for (const { count, taps } of all) {
    for (const { shift } of taps) {
      low = Math.max(low, -shift)
      high = Math.max(high, count + shift)
    }
  }
  return { low, size: low + high }
}

/**
 * gx from gy and w. Positions with the same remainders modulo the strides form a convolution of stride 1
 * with those taps that meet them, so nothing is multiplied with zeros between the strides.
 */
export function inputGradient(
  host: Host,
  dtype: FloatName,
  gyOperand: Operand,
  w: Operand,
  gxOperand: Operand,
  g: Geometry,
  flags: number,
): void {
  const [gy, gx, window] = [volume(gyOperand), volume(gxOperand), volume(w)]
  const weights = dense(host, w)
  const [, tapRows, tapColumns] = window.size
  const tapCount = product(window.size)
  const perGroup = gy.channels / g.groups
  if (product(gx.size) === 0) return
  const split = ([0, 1, 2] as const).map((d) =>
    residues(gx.size[d], window.size[d], g.stride[d], g.padding[d], g.dilation[d]),
  )
  const extent = split.map((all, d) => reach(all, gy.size[d]))
  const low = each((d) => extent[d].low)
  const source = planes(
    host,
    dtype,
    gy,
    low,
    each((d) => extent[d].size),
    1,
  )
  const [zStep, yStep, xStep] = gx.strides
  for (const z of split[0]) {
    for (const y of split[1]) {
      for (const x of split[2]) {
        const places: Triple = [z.count, y.count, x.count]
        const taps: Triple = [z.taps.length, y.taps.length, x.taps.length]
        const tapOf = (i: number, j: number, l: number) =>
          (z.taps[i].tap * tapRows + y.taps[j].tap) * tapColumns + x.taps[l].tap
        const shiftOf = (i: number, j: number, l: number) =>
          source.offset(
            z.taps[i].shift + low[0],
            y.taps[j].shift + low[1],
            x.taps[l].shift + low[2],
          )
        const position = (i: number, j: number, l: number) =>
          (z.first + i * g.stride[0]) * zStep +
          (y.first + j * g.stride[1]) * yStep +
          (x.first + l * g.stride[2]) * xStep
        const positions = grid(places, position)
        convolve(
          host,
          dtype,
          {
            items: gx.items,
            groups: g.groups,
            m: window.channels,
            n: product(places),
            k: perGroup * product(taps),
            source,
            sourceChannels: perGroup,
            stepTable: perChannel(grid(taps, shiftOf), perGroup, source.channel),
            positionTable: grid(places, source.offset),
            run: x.count,
            weights: {
              address: host.address(weights),
              group: perGroup * window.channels * tapCount,
              row: tapCount,
              columns: perChannel(grid(taps, tapOf), perGroup, window.channels * tapCount),
            },
            out: {
              address: host.address(gxOperand),
              item: gx.itemStride,
              channel: gx.channelStride,
              positions: positions.every((at, i) => at === i) ? undefined : positions,
            },
          },
          flags,
          0,
        )
      }
    }
  }
}
