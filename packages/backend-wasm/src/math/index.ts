import { demote, type Vec, widen } from '../emit/vec.ts'
import { erf, erfc } from './erf.ts'
import { exp, exp2, expm1 } from './exp.ts'
import { digamma, lgamma } from './gamma.ts'
import { cosh, sigmoid, sinh, tanh } from './hyperbolic.ts'
import { acosh, asinh, atanh, log, log1p, log2, log10 } from './log.ts'
import { narrowPow, pow } from './power.ts'

/** A function of doubles; `narrow` says that they are float32 values, and so will be the result. */
type OfDoubles = (x: Vec, narrow: boolean) => Vec

/** One of JS's Math, lane by lane. */
const imported =
  (name: string): OfDoubles =>
  (x) =>
    x.perLane('f64', (lane) => x.graph.imported(name, [lane]))

const ofDoubles = {
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sin: imported('sin'),
  cos: imported('cos'),
  tan: imported('tan'),
  asin: imported('asin'),
  acos: imported('acos'),
  atan: imported('atan'),
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

/** A function of a vector of float32 or of doubles. */
export function mathFunction(op: MathFunction, x: Vec): Vec {
  const f: OfDoubles = ofDoubles[op]
  if (x.lane === 'f64') return f(x, false)
  const [low, high] = widen(x)
  return demote(f(low, true), f(high, true))
}

/** A function of two vectors by way of doubles. */
function binary(f: (a: Vec, b: Vec, narrow: boolean) => Vec, a: Vec, b: Vec): Vec {
  if (a.lane === 'f64') return f(a, b, false)
  const [low, high] = widen(a)
  const [otherLow, otherHigh] = widen(b)
  return demote(f(low, otherLow, true), f(high, otherHigh, true))
}

const importedBinary =
  (name: string) =>
  (a: Vec, b: Vec): Vec =>
    a.perLane('f64', (x, y) => a.graph.imported(name, [x, y]), b)

export const power = (a: Vec, b: Vec): Vec =>
  binary((x, y, narrow) => (narrow ? narrowPow(x, y) : pow(x, y)), a, b)

export const atan2 = (a: Vec, b: Vec): Vec => binary(importedBinary('atan2'), a, b)

/** C's fmod. */
export const rem = (a: Vec, b: Vec): Vec => binary(importedBinary('rem'), a, b)
