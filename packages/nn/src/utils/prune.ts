/** Zeroes weights and keeps them zero; `torch.nn.utils.prune`. */
import { noGrad } from '@sconce/autograd'
import { cat, type Index, Tensor, TypeError_, ValueError } from '@sconce/core'
import { memberOf, removeMember } from '../module/members.ts'
import type { Module } from '../module/module.ts'
import { isParameter } from '../parameter.ts'
import { type ArgumentsOf, signature } from '../signature.ts'
import {
  type Derivation,
  derivationOf,
  derivations,
  derive,
  parameterOf,
  recompute,
  tensorOf,
  underive,
} from './derived-weight.ts'
import {
  type Amount,
  type BasePruningMethod,
  CustomFromMask,
  combinedMask,
  Identity,
  L1Unstructured,
  LnStructured,
  RandomStructured,
  RandomUnstructured,
} from './pruning-methods.ts'

export {
  BasePruningMethod,
  CustomFromMask,
  Identity,
  L1Unstructured,
  LnStructured,
  RandomStructured,
  RandomUnstructured,
} from './pruning-methods.ts'

const kind = 'pruning'

/**
 * Prunes a parameter by any method: it becomes `weight_orig`, and the weight is the product with
 * `weight_mask`. What was pruned before stays so.
 *
 * @param scores how important elements are, in the place of the parameter
 */
export function applyPruning<M extends Module>(
  module: M,
  name: string,
  method: BasePruningMethod,
  scores?: Tensor,
): M {
  const before = derivationOf(module, kind, name)
  const value = tensorOf(module, name)
  const importance = (scores ?? value).detach()
  noGrad(() => {
    if (before) {
      const mask = tensorOf(module, `${name}_mask`)
      mask.copy_(combinedMask(method, importance, mask.clone()))
      return
    }
    const mask = method.computeMask(importance, value.detach().onesLike())
    const original = parameterOf(module, name)
    removeMember(module, name)
    module.registerParameter(`${name}_orig`, original)
    module.registerBuffer(`${name}_mask`, mask.clone())
  })
  const derivation: Derivation = before ?? {
    kind,
    name,
    compute: (of) => {
      const original = tensorOf(of, `${name}_orig`)
      return original.mul(tensorOf(of, `${name}_mask`).to(original.dtype))
    },
  }
  if (before) recompute(module, derivation)
  else derive(module, derivation)
  return module
}

const byAmount = signature('unstructured(float amount, Tensor? importance_scores=None)')
const bySlices = signature('random_structured(float amount, int dim=-1)')
const byNorms = signature(
  'ln_structured(float amount, float n, int dim=-1, Tensor? importance_scores=None)',
)

/** Prunes nothing, and makes room for masks; `prune.identity`. */
export const identity = <M extends Module>(module: M, name: string): M =>
  applyPruning(module, name, new Identity())

/** Zeroes elements at random; `prune.random_unstructured`. */
export const randomUnstructured = <M extends Module>(
  module: M,
  name: string,
  ...args: ArgumentsOf<typeof byAmount>
): M => applyPruning(module, name, new RandomUnstructured(byAmount.bind(args).amount))

/** Zeroes the smallest elements, or those of the smallest scores; `prune.l1_unstructured`. */
export function l1Unstructured<M extends Module>(
  module: M,
  name: string,
  ...args: ArgumentsOf<typeof byAmount>
): M {
  const { amount, importanceScores } = byAmount.bind(args)
  return applyPruning(module, name, new L1Unstructured(amount), importanceScores)
}

/** Zeroes slices at random; `prune.random_structured`. */
export function randomStructured<M extends Module>(
  module: M,
  name: string,
  ...args: ArgumentsOf<typeof bySlices>
): M {
  const { amount, dim } = bySlices.bind(args)
  return applyPruning(module, name, new RandomStructured(amount, dim))
}

/** Zeroes the slices with the smallest norms; `prune.ln_structured`. */
export function lnStructured<M extends Module>(
  module: M,
  name: string,
  ...args: ArgumentsOf<typeof byNorms>
): M {
  const { amount, n, dim, importanceScores } = byNorms.bind(args)
  return applyPruning(module, name, new LnStructured(amount, n, dim), importanceScores)
}

/** Zeroes what a mask says; `prune.custom_from_mask`. */
export const customFromMask = <M extends Module>(
  module: M,
  name: string,
  mask: Tensor | { mask: Tensor },
): M => applyPruning(module, name, new CustomFromMask(mask instanceof Tensor ? mask : mask.mask))

/** A class of methods that are told how much. */
type PruningClass = new (amount: Amount) => BasePruningMethod

/** A method to be made. */
interface MethodOptions {
  pruningMethod: PruningClass
  amount: Amount
}

/**
 * Prunes several parameters as if they were one; `prune.global_unstructured`: by a method, or by a class
 * and an amount.
 *
 * @throws TypeError for a method that looks at more than elements.
 */
export function globalUnstructured(
  parameters: readonly (readonly [module: Module, name: string])[],
  given: BasePruningMethod | PruningClass | MethodOptions,
  options: { amount: Amount } = { amount: Number.NaN },
): void {
  const { pruningMethod, amount }: MethodOptions =
    typeof given === 'function' ? { pruningMethod: given, ...options } : (given as MethodOptions)
  const method = 'computeMask' in given ? given : new pruningMethod(amount)
  if (method.pruningType !== 'unstructured') {
    throw new TypeError_(
      `Only "unstructured" PRUNING_TYPE supported for the \`pruning_method\`. Found method ${method.constructor.name} of type ${method.pruningType}`,
    )
  }
  noGrad(() => {
    const flat = (t: Tensor) => t.detach().reshape([-1])
    const values = parameters.map(([module, name]) => flat(tensorOf(module, name)))
    const masks = parameters.map(([module, name], i) => {
      const known = memberOf(module, `${name}_mask`)
      return known instanceof Tensor ? flat(known) : values[i].onesLike()
    })
    const mask = combinedMask(method, cat(values), cat(masks))
    let offset = 0
    for (const [module, name] of parameters) {
      const value = tensorOf(module, name)
      const part: Index = `${offset}:${offset + value.numel()}`
      customFromMask(module, name, mask.at(part).view(value.shape))
      offset += value.numel()
    }
  })
}

/**
 * Makes the pruned weight a parameter again; `prune.remove`.
 *
 * @throws ValueError where it was not pruned.
 */
export function remove<M extends Module>(module: M, name: string): M {
  const derivation = derivationOf(module, kind, name)
  const original = memberOf(module, `${name}_orig`)
  if (!derivation || !isParameter(original)) {
    throw new ValueError(
      `Parameter '${name}' of module ${module} has to be pruned before pruning can be removed`,
    )
  }
  const weight = noGrad(() => derivation.compute(module))
  underive(module, derivation)
  for (const part of [name, `${name}_orig`, `${name}_mask`]) removeMember(module, part)
  noGrad(() => original.copy_(weight))
  module.registerParameter(name, original)
  return module
}

/** Whether anything of a module is pruned; `prune.is_pruned`. */
export const isPruned = (module: Module): boolean =>
  [...module.modules()].some((m) => derivations(m, kind).length > 0)
