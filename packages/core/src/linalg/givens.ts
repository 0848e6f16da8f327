import { signed } from './matrix.ts'

export interface Givens {
  c: number
  s: number
  r: number
}

/** The plane rotation that takes (f, g) to (r, 0), with LAPACK's signs (dlartg of 3.10 and later). */
export function givens(f: number, g: number): Givens {
  if (g === 0) return { c: 1, s: 0, r: f }
  if (f === 0) return { c: 0, s: signed(1, g), r: Math.abs(g) }
  const r = signed(Math.hypot(f, g), f)
  return { c: Math.abs(f) / Math.abs(r), s: g / r, r }
}
