import type { Vec } from '../emit/vec.ts'
import { exp2 } from './exp.ts'
import { log2 } from './log.ts'
import { hosted } from './rarely.ts'

/** C's pow where JS's differs: bases of ±1. */
function corrected(x: Vec, y: Vec, value: Vec): Vec {
  const infinite = y.abs().eq(Number.POSITIVE_INFINITY)
  const one = x.eq(1).or(x.eq(-1).and(infinite)).or(y.eq(0))
  return one.select(x.like(1), value)
}

/** x^y of doubles. */
export const pow = (x: Vec, y: Vec): Vec => corrected(x, y, hosted('pow', x, y))

/** x^y of doubles that are float32 values: the result is good for float32. */
export function narrowPow(x: Vec, y: Vec): Vec {
  const magnitude = exp2(y.mul(log2(x.abs(), true)), true)
  const half = y.mul(0.5)
  const whole = y.eq(y.floor())
  const odd = whole.and(half.ne(half.floor()))
  const sign = x.asInt().and(odd).and(x.like(-0))
  const signed = magnitude.asInt().or(sign).asFloat()
  const finite = x.gt(Number.NEGATIVE_INFINITY).and(x.lt(0))
  const complex = finite.andnot(whole.or(y.abs().eq(Number.POSITIVE_INFINITY)))
  return corrected(x, y, complex.select(x.like(Number.NaN), signed))
}
