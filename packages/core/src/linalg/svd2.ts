import { EPS, signed } from './matrix.ts'

/**
 * The singular value decomposition of [[f, g], [0, h]] to nearly full accuracy (LAPACK dlasv2):
 * [[cl, sl], [-sl, cl]] · [[f, g], [0, h]] · [[cr, -sr], [sr, cr]] = diag(max, min). The values have signs.
 */
export function triangularSvd2(f: number, g: number, h: number) {
  const swap = Math.abs(h) > Math.abs(f)
  const [ft, ht] = swap ? [h, f] : [f, h]
  const fa = Math.abs(ft)
  const ha = Math.abs(ht)
  const ga = Math.abs(g)
  let min = ha
  let max = fa
  let cl = 1
  let cr = 1
  let sl = 0
  let sr = 0
  if (ga !== 0) {
    if (ga > fa && fa / ga < EPS) {
      // g is so large that f does not count.
      max = ga
      min = ha > 1 ? fa / (ga / ha) : (fa / ga) * ha
      cl = 1
      sl = ht / g
      sr = 1
      cr = ft / g
    } else {
      const d = fa - ha
      const l = d === fa ? 1 : d / fa
      const m = g / ft
      const t = 2 - l
      const mm = m * m
      const s = Math.sqrt(t * t + mm)
      const r = l === 0 ? Math.abs(m) : Math.sqrt(l * l + mm)
      const a = 0.5 * (s + r)
      min = ha / a
      max = fa * a
      let tangent: number
      if (mm !== 0) tangent = (m / (s + t) + m / (r + l)) * (1 + a)
      else if (l === 0) tangent = signed(2, ft) * signed(1, g)
      else tangent = g / signed(d, ft) + m / t
      const length = Math.sqrt(tangent * tangent + 4)
      cr = 2 / length
      sr = tangent / length
      cl = (cr + sr * m) / a
      sl = ((ht / ft) * sr) / a
    }
  }
  if (swap) [cl, sl, cr, sr] = [sr, cr, sl, cl]
  // The sign of the larger value is that of the largest element, carried through the rotations.
  let sign: number
  if (ga > fa) sign = signed(1, sr) * signed(1, cl) * signed(1, g)
  else if (swap) sign = signed(1, sr) * signed(1, sl) * signed(1, h)
  else sign = signed(1, cr) * signed(1, cl) * signed(1, f)
  return {
    max: signed(max, sign),
    min: signed(min, sign * signed(1, f) * signed(1, h)),
    cl,
    sl,
    cr,
    sr,
  }
}

/** The smaller singular value of [[f, g], [0, h]] (LAPACK dlas2). */
export function smallerSingularValue2(f: number, g: number, h: number): number {
  const small = Math.min(Math.abs(f), Math.abs(h))
  const large = Math.max(Math.abs(f), Math.abs(h))
  const ga = Math.abs(g)
  if (small === 0) return 0
  const as = 1 + small / large
  const at = (large - small) / large
  if (ga < large) {
    const au = (ga / large) ** 2
    return small * (2 / (Math.sqrt(as * as + au) + Math.sqrt(at * at + au)))
  }
  const au = large / ga
  if (au === 0) return (small * large) / ga
  const c = 1 / (Math.sqrt(1 + (as * au) ** 2) + Math.sqrt(1 + (at * au) ** 2))
  return 2 * (small * c * au)
}
