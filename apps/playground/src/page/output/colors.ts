import { interpolateGreys, interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic'
import type { Colors } from '../../protocol/events.ts'

/** Scales from 0 to 1; negative is blue and positive red. */
const scales: Readonly<Record<Colors, (t: number) => string>> = {
  gray: (t) => interpolateGreys(1 - t),
  diverging: (t) => interpolateRdBu(1 - t),
  viridis: interpolateViridis,
}

const STEPS = 256

/** `rgb(1, 2, 3)` or `#010203`. */
function channels(color: string): number[] {
  const hex = /^#(..)(..)(..)$/.exec(color)
  if (hex) return hex.slice(1).map((part) => Number.parseInt(part, 16))
  return Array.from(color.matchAll(/\d+/g), ([digits]) => Number(digits))
}

const tables = new Map<Colors, Uint8ClampedArray>()

/** A scale of colours as bytes: red, green and blue of each of 256 steps. */
export function colorTable(colors: Colors): Uint8ClampedArray {
  const known = tables.get(colors)
  if (known) return known
  const table = new Uint8ClampedArray(3 * STEPS)
  for (let i = 0; i < STEPS; i++) table.set(channels(scales[colors](i / (STEPS - 1))), 3 * i)
  tables.set(colors, table)
  return table
}

/** Where in the table a value is; what is no number is at the beginning. */
export const colorIndex = (value: number, min: number, max: number): number =>
  max > min ? Math.min(Math.max(((value - min) / (max - min)) * (STEPS - 1), 0), STEPS - 1) | 0 : 0
