import type { Operation } from '@sconce/core'
import { isNonDifferentiable, refusalOf, rowOf } from '../derivatives/row.ts'
import { overrideOf } from '../pointwise/override.ts'

/**
 * How an op gets its derivative. `expression`: by differentiating its expression; `formula`: the
 * derivative table has formulas for it; `composite`: what it calls is recorded; `none`: its results never
 * require grad; `missing`: its backward is an error.
 */
export type DerivativeKind = 'expression' | 'formula' | 'composite' | 'none' | 'missing'

/** How an op of the table gets its derivative; for documentation and reports. */
export function derivativeKind({ name, pointwise }: Operation): DerivativeKind {
  if (rowOf(name)) return 'formula'
  if (refusalOf(name) !== undefined) return 'missing'
  if (isNonDifferentiable(name)) return 'none'
  if (!pointwise) return 'composite'
  return overrideOf(name) ? 'formula' : 'expression'
}
