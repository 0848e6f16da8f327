/** (2j)! / B(2j), j from 1: what the terms of the Euler-Maclaurin sum are divided by. */
export const eulerMaclaurin = [
  12, -720, 30240, -1209600, 47900160, -1892437580.3183792, 74724249600, -2950130727918.164,
  116467828143500.67, -4597978722407473, 1.8152105401943546e17, -7.166165256175667e18,
]
const epsilon = 2 ** -53

/**
 * Hurwitz's ζ(x, q) = Σ (q + k)^-x in doubles: the first terms, then the Euler-Maclaurin sum, as in the
 * Cephes library (S. L. Moshier). NaN for x < 1 and for a negative base of a broken power.
 */
export function zeta(x: number, q: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY
  if (!(x >= 1)) return Number.NaN
  if (q <= 0) {
    if (q === Math.floor(q)) return Number.POSITIVE_INFINITY
    if (x !== Math.floor(x)) return Number.NaN
  }
  let sum = q ** -x
  let a = q
  let b = 0
  for (let i = 0; i < 9 || a <= 9; i++) {
    a += 1
    b = a ** -x
    sum += b
    if (Math.abs(b) < epsilon * Math.abs(sum)) return sum
  }
  const w = a
  sum += (b * w) / (x - 1) - b / 2
  let factor = 1
  let k = 0
  for (const term of eulerMaclaurin) {
    factor *= x + k
    b /= w
    const t = (factor * b) / term
    sum += t
    if (Math.abs(t / sum) < epsilon) break
    k++
    factor *= x + k
    b /= w
    k++
  }
  return sum
}
