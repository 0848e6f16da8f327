import { demote, type Vec, widen } from '../emit/vec.ts'
import { erf, erfc } from './erf.ts'
import { exp, exp2, expm1 } from './exp.ts'
import { digamma, lgamma } from './gamma.ts'
import { cosh, sigmoid, sinh, tanh } from './hyperbolic.ts'
import { acosh, asinh, atanh, log, log1p, log2, log10 } from './log.ts'
import { narrowPow, pow } from './power.ts'
import * as single from './single.ts'
import { acos, asin, atan, atan2, cos, narrowRem, rem, sin, tan } from './trig.ts'

/** A function of doubles; `narrow` says that they are float32 values, and so will be the result. */
type OfDoubles = (x: Vec, narrow: boolean) => Vec

const ofDoubles = {
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  sigmoid,
  erf,
  erfc,
  lgamma,
  digamma,
} satisfies Record<string, OfDoubles>

export type MathFunction = keyof typeof ofDoubles

/** Those that have a faster form in float32. */
const ofSingles: Readonly<Partial<Record<MathFunction, (x: Vec) => Vec>>> = single

/** A function of a vector of float32 or of doubles. */
export function mathFunction(op: MathFunction, x: Vec): Vec {
  const f: OfDoubles = ofDoubles[op]
  if (x.lane === 'f64') return f(x, false)
  const direct = ofSingles[op]
  if (direct) return direct(x)
  const [low, high] = widen(x)
  return demote(f(low, true), f(high, true))
}

/** A function of two vectors, of float32 by way of doubles. */
const binary =
  (ofDouble: (a: Vec, b: Vec) => Vec, ofSingle = ofDouble) =>
  (a: Vec, b: Vec): Vec => {
    if (a.lane === 'f64') return ofDouble(a, b)
    const [low, high] = widen(a)
    const [otherLow, otherHigh] = widen(b)
    return demote(ofSingle(low, otherLow), ofSingle(high, otherHigh))
  }

export const power = binary(pow, narrowPow)
const atan2Of = binary(atan2)

export { atan2Of as atan2 }

/** C's fmod. */
const remOf = binary(rem, narrowRem)

export { remOf as rem }

/**
 * Worst error in ULP of the float32 functions, measured on samples of all float32 values. Of lgamma and digamma
 * this holds away from their zeros, near which the error is an absolute one of 1e-15.
 */
export const worstUlp: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.keys(ofDoubles).map((op) => [op, 0.6])),
  ...{ exp: 0.9, log: 0.9, sin: 1.6, cos: 1.6, tanh: 1.5, sigmoid: 1, erf: 1.4, rsqrt: 1.5 },
}
