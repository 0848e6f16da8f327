import { fma32 } from './fma.ts'

/*
 * Logarithm, sine and cosine as PyTorch's vectorised float32 kernel computes them, so that the
 * numbers agree to the last bit: the single-precision functions of S. Moshier's Cephes library,
 * each product that feeds a sum fused with it. Only rounding to float32 and a bit pattern are
 * involved, so every JavaScript engine gives the same numbers.
 */
const f32 = new Float32Array(1)
const i32 = new Int32Array(f32.buffer)
const { fround, sqrt } = Math

const SQRT_HALF = fround(0.707106781186547524)
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(fround)
const [L0, L1, L2, L3, L4, L5, L6, L7, L8] = LOG
const LN2_LOW = fround(-2.1219444e-4)
const LN2_HIGH = 0.693359375

/** Natural logarithm of a float32 in (0, 1]. */
function log(value: number): number {
  f32[0] = value
  const bits = i32[0]
  let e = (bits >> 23) - 126
  i32[0] = (bits & 0x807fffff) | 0x3f000000
  let x = f32[0]
  if (x < SQRT_HALF) {
    e -= 1
    x = fround(fround(x - 1) + x)
  } else {
    x = fround(x - 1)
  }
  const z = fround(x * x)
  let y = fma32(L0, x, L1)
  y = fma32(y, x, L2)
  y = fma32(y, x, L3)
  y = fma32(y, x, L4)
  y = fma32(y, x, L5)
  y = fma32(y, x, L6)
  y = fma32(y, x, L7)
  y = fma32(y, x, L8)
  y = fma32(fround(y * x), z, fround(e * LN2_LOW))
  y = fma32(-0.5, z, y)
  return fma32(e, LN2_HIGH, fround(x + y))
}

const TWO_PI = fround(2 * Math.PI)
const FOUR_OVER_PI = fround(4 / Math.PI)
/** Pi/4 in three parts, for a reduction that keeps its digits. */
const P1 = -0.78515625
const P2 = -2.4187564849853515625e-4
const P3 = fround(-3.77489497744594108e-8)
const [S0, S1, S2] = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(fround)
const [C0, C1, C2] = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(fround)

/**
 * Turns 16 uniform numbers at `data[start…]` into normal ones by the Box-Muller transform: the
 * first eight give radii, the other eight angles.
 */
export function boxMuller16(data: Float32Array, start: number, mean: number, std: number): void {
  for (let i = start; i < start + 8; i++) {
    const radius = fround(sqrt(fround(-2 * log(fround(1 - data[i])))))
    const theta = fround(TWO_PI * data[i + 8])

    const octant = (fround(theta * FOUR_OVER_PI) + 1) & ~1
    let x = fma32(octant, P1, theta)
    x = fma32(octant, P2, x)
    x = fma32(octant, P3, x)
    const z = fround(x * x)
    let c = fma32(C0, z, C1)
    c = fma32(c, z, C2)
    c = fround(fma32(fround(c * z), z, -fround(z * 0.5)) + 1)
    let s = fma32(S0, z, S1)
    s = fma32(s, z, S2)
    s = fma32(fround(s * z), x, x)

    const swap = (octant & 2) !== 0
    const sine = swap ? c : s
    const cosine = swap ? s : c
    const sineNegative = (octant & 4) !== 0
    const cosineNegative = ((octant - 2) & 4) === 0
    data[i] = fround(radius * (cosineNegative ? -cosine : cosine)) * std + mean
    data[i + 8] = fround(radius * (sineNegative ? -sine : sine)) * std + mean
  }
}
