import type { Operand } from '@sconce/backend'
import { dense } from '../copy.ts'
import type { Host } from '../host.ts'
import type { FloatName } from '../operands.ts'
import {
  each,
  evenStride,
  type Geometry,
  grid,
  perChannel,
  product,
  type Triple,
  type Volume,
  volume,
} from './geometry.ts'
import { convolve } from './patches.ts'
import { type Planes, planes } from './planes.ts'

/** The part of the padded input that the windows of `places` cover. */
export function windowed(
  host: Host,
  dtype: FloatName,
  x: Volume,
  places: Triple,
  taps: Triple,
  { stride, padding, dilation }: Geometry,
): Planes {
  const size = each((d) => (places[d] - 1) * stride[d] + (taps[d] - 1) * dilation[d] + 1)
  return planes(host, dtype, x, padding, size, stride[2])
}

/** Offsets, in those planes, of the places' first taps and of all taps of `channels` channels. */
export function tables(
  source: Planes,
  places: Triple,
  taps: Triple,
  channels: number,
  { stride, dilation }: Geometry,
) {
  const tap = grid(taps, (z, y, x) =>
    source.offset(z * dilation[0], y * dilation[1], x * dilation[2]),
  )
  return {
    positionTable: grid(places, (z, y, x) =>
      source.offset(z * stride[0], y * stride[1], x * stride[2]),
    ),
    stepTable: perChannel(tap, channels, source.channel),
  }
}

/** The offsets of an output's positions, if they are not simply neighbours. */
export function positionsOf(out: Volume): Int32Array | undefined {
  const [zStep, yStep, xStep] = out.strides
  if (evenStride(out.size, out.strides) === 1) return undefined
  return grid(out.size, (z, y, x) => z * zStep + y * yStep + x * xStep)
}

/** y = x ⋆ w with the epilogue of `flags`. */
export function forward(
  host: Host,
  dtype: FloatName,
  xOperand: Operand,
  w: Operand,
  yOperand: Operand,
  g: Geometry,
  flags: number,
  bias: number,
): void {
  const [x, y, window] = [volume(xOperand), volume(yOperand), volume(w)]
  const weights = dense(host, w)
  const taps = window.size
  const k = window.channels * product(taps)
  if (product(y.size) * x.items === 0) return
  const source = windowed(host, dtype, x, y.size, taps, g)
  const m = y.channels / g.groups
  convolve(
    host,
    dtype,
    {
      items: y.items,
      groups: g.groups,
      m,
      n: product(y.size),
      k,
      source,
      sourceChannels: window.channels,
      ...tables(source, y.size, taps, window.channels, g),
      run: y.size[2],
      weights: { address: host.address(weights), group: m * k, row: k, columns: undefined },
      out: {
        address: host.address(yOperand),
        item: y.itemStride,
        channel: y.channelStride,
        positions: positionsOf(y),
      },
    },
    flags,
    bias,
  )
}
