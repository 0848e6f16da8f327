import type { Vec } from '../emit/vec.ts'
import { exp, expm1 } from './exp.ts'
import { copySign } from './log.ts'

/** Beyond this exp overflows, and the halves of it are multiplied. */
const overflow = 709

/** exp(a) / 2 for a so large that exp(a) may overflow. */
function halfExp(a: Vec): Vec {
  const root = exp(a.mul(0.5), false)
  return root.mul(0.5).mul(root)
}

export function sinh(x: Vec, narrow: boolean): Vec {
  const a = x.abs()
  const e = expm1(a, narrow)
  const near = e.add(e.div(e.add(1))).mul(0.5)
  return copySign(narrow ? near : a.gt(overflow).select(halfExp(a), near), x)
}

export function cosh(x: Vec, narrow: boolean): Vec {
  const a = x.abs()
  const e = exp(a, narrow)
  const near = e.add(e.like(1).div(e)).mul(0.5)
  return narrow ? near : a.gt(overflow).select(halfExp(a), near)
}

export function tanh(x: Vec, narrow: boolean): Vec {
  // tanh(22) is 1 to the last bit.
  const e = expm1(x.abs().pmin(22).mul(2), narrow)
  return copySign(e.div(e.add(2)), x)
}

/** 1 / (1 + exp(-x)) by the exponential that can't overflow. */
export function sigmoid(x: Vec, narrow: boolean): Vec {
  const e = exp(x.abs().neg(), narrow)
  const numerator = x.lt(0).select(e, e.like(1))
  return numerator.div(e.add(1))
}
