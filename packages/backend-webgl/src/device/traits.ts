/**
 * What was found out about a device's arithmetic. Shaders are written for it: where something can't
 * be trusted, a slower way is taken; what no way mends is shown in `info.numerics`.
 */
export interface Traits {
  /** Comparisons with NaN are false, and != is true. */
  readonly nanComparisons: boolean
  /** NaN and infinities come out of arithmetic as IEEE 754 says. */
  readonly specials: boolean
  /** Rounding functions keep the sign of zero. */
  readonly signedZeros: boolean
  /** Subnormals are kept. */
  readonly subnormals: boolean
  /** Division is exactly rounded. */
  readonly exactDivision: boolean
  /** Square roots are exactly rounded. */
  readonly exactSqrt: boolean
  /** Integers beyond 2^24 are rounded to the nearest float, ties to even. */
  readonly exactFromInt: boolean
  /** a · b + c is rounded twice, not fused. */
  readonly unfused: boolean
  /** Adding by blending into float32 is exactly rounded; false also where there is no such blending. */
  readonly exactBlending: boolean
}

/** A device without faults. */
export const ideal: Traits = {
  nanComparisons: true,
  specials: true,
  signedZeros: true,
  subnormals: true,
  exactDivision: true,
  exactSqrt: true,
  exactFromInt: true,
  unfused: true,
  exactBlending: true,
}
