import { rowBits, rowTexels } from './textures.ts'

/** A rectangle of texels, and which of the four lanes are written. */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly mask: number
}

const rect = (x: number, y: number, width: number, height: number, mask = 15): Rect => ({
  x,
  y,
  width,
  height,
  mask,
})

/** The first `texels` texels, in one rectangle; more of the last row than asked for may be covered. */
export const cover = (texels: number): Rect[] =>
  texels <= rowTexels
    ? [rect(0, 0, texels, 1)]
    : [rect(0, 0, rowTexels, Math.ceil(texels / rowTexels))]

/** Exactly the texels from `begin` to `end`: at most a part of a row, whole rows, and a part of a row. */
export function span(begin: number, end: number): Rect[] {
  const rects: Rect[] = []
  let at = begin
  while (at < end) {
    const [x, y] = [at & (rowTexels - 1), at >> rowBits]
    const rows = (end - at) >> rowBits
    if (x === 0 && rows > 0) {
      rects.push(rect(0, y, rowTexels, rows))
      at += rows * rowTexels
    } else {
      const width = Math.min(end - at, rowTexels - x)
      rects.push(rect(x, y, width, 1))
      at += width
    }
  }
  return rects
}

/** Exactly the elements from `begin` to `end`; texels of which they fill a part get a mask. */
export function elements(begin: number, end: number): Rect[] {
  const rects: Rect[] = []
  const ragged = (texel: number, from: number, to: number) => {
    const mask = (15 << from) & (15 >> (4 - to))
    rects.push(rect(texel & (rowTexels - 1), texel >> rowBits, 1, 1, mask))
  }
  let [first, last] = [begin >> 2, end >> 2]
  if (first === last) {
    ragged(first, begin & 3, end & 3)
    return rects
  }
  if (begin & 3) ragged(first++, begin & 3, 4)
  rects.push(...span(first, last))
  if (end & 3) ragged(last, 0, end & 3)
  return rects
}
