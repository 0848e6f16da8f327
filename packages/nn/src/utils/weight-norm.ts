import { noGrad } from '@sconce/autograd'
import { type Tensor, wrapDim } from '@sconce/core'
import { removeMember } from '../module/members.ts'
import type { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import {
  checkUnderived,
  type Derivation,
  derive,
  parameterOf,
  requireDerivation,
  underive,
} from './derived-weight.ts'

/** The norm over all dims but one, which are kept; over all for -1. */
function normExcept(v: Tensor, dim: number): Tensor {
  if (dim === -1) return v.norm(2)
  const kept = wrapDim(dim, v.ndim)
  return v.norm(
    2,
    [...v.shape.keys()].filter((d) => d !== kept),
    true,
  )
}

/** Names and dim of a weight. */
interface WeightNorm extends Derivation {
  readonly dim: number
}

/** Options of `weightNorm`. */
interface WeightNormOptions {
  name?: string
  /** The dim that keeps norms of its own; null for one norm of all. */
  dim?: number | null
}

/**
 * Replaces a weight by its direction and its length, `weight_v` and `weight_g`; Salimans & Kingma (2016);
 * `weight_norm`.
 *
 * @throws RuntimeError where it is so already.
 */
export function weightNorm<M extends Module>(
  module: M,
  name: string | WeightNormOptions = 'weight',
  dim?: number | null,
): M {
  const options = typeof name === 'object' ? name : { name, dim }
  const weightName = options.name ?? 'weight'
  const along = options.dim === null ? -1 : (options.dim ?? 0)
  checkUnderived(module, 'weight_norm', weightName)
  const weight = parameterOf(module, weightName)
  const derivation: WeightNorm = {
    kind: 'weight_norm',
    name: weightName,
    dim: along,
    compute(of) {
      const v = parameterOf(of, `${weightName}_v`)
      const g = parameterOf(of, `${weightName}_g`)
      return v.mul(g.div(normExcept(v, along)))
    },
  }
  removeMember(module, weightName)
  const g = noGrad(() => normExcept(weight, along))
  module.registerParameter(`${weightName}_g`, new Parameter(g))
  module.registerParameter(`${weightName}_v`, new Parameter(weight.detach()))
  derive(module, derivation)
  return module
}

/**
 * Makes the weight a parameter again; `remove_weight_norm`.
 *
 * @throws ValueError where it is one.
 */
export function removeWeightNorm<M extends Module>(module: M, name = 'weight'): M {
  const derivation = requireDerivation(module, 'weight_norm', name)
  const weight = noGrad(() => derivation.compute(module))
  underive(module, derivation)
  for (const part of [name, `${name}_g`, `${name}_v`]) removeMember(module, part)
  module.registerParameter(name, new Parameter(weight))
  return module
}
