import type { ConvKernel, Operand } from '@sconce/backend'

/** Depth, rows, columns: fewer spatial dims are led by ones. */
export type Triple = readonly [number, number, number]

/** Most spatial dims that the kernels know. */
export const maxRank = 3

export function triple(values: readonly number[], fill: number): Triple {
  const [z, y, x] = [...Array<number>(maxRank - values.length).fill(fill), ...values]
  return [z, y, x]
}

export const product = ([z, y, x]: Triple): number => z * y * x

/** An operand [items, channels, ...space], with three spatial dims. */
export interface Volume {
  readonly operand: Operand
  readonly items: number
  readonly channels: number
  readonly itemStride: number
  readonly channelStride: number
  readonly size: Triple
  readonly strides: Triple
}

export function volume(operand: Operand): Volume {
  const [items, channels, ...space] = operand.shape
  const [itemStride, channelStride, ...strides] = operand.strides
  const size = triple(space, 1)
  return { operand, items, channels, itemStride, channelStride, size, strides: triple(strides, 0) }
}

export interface Geometry {
  readonly stride: Triple
  readonly padding: Triple
  readonly dilation: Triple
  readonly groups: number
}

export const geometry = (kernel: ConvKernel): Geometry => ({
  stride: triple(kernel.stride, 1),
  padding: triple(kernel.padding, 0),
  dilation: triple(kernel.dilation, 1),
  groups: kernel.groups,
})

export const each = (f: (d: 0 | 1 | 2) => number): Triple => [f(0), f(1), f(2)]

/** Offsets of a grid of positions in row-major order. */
export function grid(
  size: Triple,
  offset: (z: number, y: number, x: number) => number,
): Int32Array {
  const offsets = new Int32Array(product(size))
  let at = 0
  for (let z = 0; z < size[0]; z++) {
    for (let y = 0; y < size[1]; y++) {
      for (let x = 0; x < size[2]; x++) offsets[at++] = offset(z, y, x)
    }
  }
  return offsets
}

/** The offsets repeated for each of `count` channels, `stride` apart. */
export function perChannel(offsets: Int32Array, count: number, stride: number): Int32Array {
  const all = new Int32Array(offsets.length * count)
  for (let c = 0; c < count; c++) {
    for (let i = 0; i < offsets.length; i++) all[c * offsets.length + i] = offsets[i] + c * stride
  }
  return all
}

/** The distance of neighbours if all positions of the grid are evenly spaced in row-major order. */
export function evenStride(size: Triple, strides: Triple): number | undefined {
  let stride: number | undefined
  let expected = 0
  for (let d = 2; d >= 0; d--) {
    if (size[d] === 1) continue
    if (stride === undefined) {
      stride = strides[d]
      expected = stride
    } else if (strides[d] !== expected) return undefined
    expected *= size[d]
  }
  return stride ?? 1
}
