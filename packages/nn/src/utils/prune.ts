/** Zeroes weights and keeps them zero; `torch.nn.utils.prune`. */
import { noGrad } from '@sconce/autograd'
import {
  cat,
  type Index,
  IndexError,
  pythonText,
  rand,
  randLike,
  Tensor,
  TypeError_,
  torchSize,
  ValueError,
} from '@sconce/core'
import { memberOf, propertyOf, removeMember } from '../module/members.ts'
import type { Module } from '../module/module.ts'
import { isParameter } from '../parameter.ts'
import { type Derivation, derivationOf, derivations, derive, underive } from './derived-weight.ts'

/**
 * How much to prune: a count from 1 on, a part below. (JavaScript does not tell 1 from 1.0: all of it is
 * the count of the elements.)
 */
type Amount = number

/** A way to choose what is zeroed. */
export interface PruningMethod {
  /** Whether single elements, whole slices along `dim`, or a mask of one's own. */
  readonly type: 'unstructured' | 'structured' | 'global'
  readonly dim?: number
  /** Zeros where `t` is to be pruned, also where `mask` has them. */
  computeMask(t: Tensor, mask: Tensor): Tensor
}

function checkAmount(amount: Amount): void {
  if (typeof amount !== 'number')
    throw new TypeError_(`Invalid type for amount: ${amount}. Must be int or float.`)
  if (amount < 0 || (!Number.isInteger(amount) && amount > 1)) {
    throw new ValueError(
      `amount=${pythonText(amount)} should either be a float in the range [0, 1] or a non-negative integer`,
    )
  }
}

/** Rounds half to even, as Python. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  if (rest !== 0.5) return Math.round(x)
  return floor % 2 === 0 ? floor : floor + 1
}

/** @throws ValueError for more than there is. */
function countOf(amount: Amount, size: number): number {
  const count = Number.isInteger(amount) ? amount : roundHalfEven(amount * size)
  if (count > size) {
    throw new ValueError(
      `amount=${count} should be smaller than the number of parameters to prune=${size}`,
    )
  }
  return count
}

/** Zeros of the mask at positions of the flattened tensor. */
function withZeros(mask: Tensor, positions: Tensor): Tensor {
  return mask.reshape([-1]).indexFill(0, positions, 0).view(mask.shape)
}

const unstructured = (
  amount: Amount,
  choose: (t: Tensor, count: number) => Tensor,
): PruningMethod => {
  checkAmount(amount)
  return {
    type: 'unstructured',
    computeMask(t, mask) {
      const count = countOf(amount, t.numel())
      return count === 0 ? mask.clone() : withZeros(mask, choose(t, count))
    },
  }
}

/** Ones in the slices along `dim` that are kept. */
function keptSlices(t: Tensor, dim: number, kept: Tensor): Tensor {
  const shape = t.shape.map((_, d) => (d === dim ? -1 : 1))
  return kept.to(t.dtype).view(shape).expand(t.shape).clone()
}

function structured(
  amount: Amount,
  given: number,
  choose: (t: Tensor, dim: number, size: number, count: number) => Tensor,
): PruningMethod {
  checkAmount(amount)
  return {
    type: 'structured',
    dim: given,
    computeMask(t, mask) {
      if (t.ndim <= 1) {
        throw new ValueError(
          `Structured pruning can only be applied to multidimensional tensors. Found tensor of shape ${torchSize(t.shape)} with ${t.ndim} dims`,
        )
      }
      if (given >= t.ndim)
        throw new IndexError(`Invalid index ${given} for tensor of size ${torchSize(t.shape)}`)
      const dim = given < 0 ? given + t.ndim : given
      const size = t.shape[dim]
      const count = countOf(amount, size)
      if (count === 0) return mask
      return keptSlices(t, dim, choose(t, dim, size, count)).mul(mask)
    },
  }
}

/** The ways to choose, by PyTorch's names for them. */
export const methods = {
  identity: (): PruningMethod => ({ type: 'unstructured', computeMask: (_, mask) => mask }),
  /** `RandomUnstructured`. */
  randomUnstructured: (amount: Amount): PruningMethod =>
    unstructured(amount, (t, count) => randLike(t).reshape([-1]).topk(count).indices),
  /** `L1Unstructured`: the smallest ones. */
  l1Unstructured: (amount: Amount): PruningMethod =>
    unstructured(
      amount,
      (t, count) => t.abs().reshape([-1]).topk(count, { largest: false }).indices,
    ),
  /** `RandomStructured`. */
  randomStructured: (amount: Amount, dim: number): PruningMethod =>
    structured(amount, dim, (t, _, size, count) => {
      const draws = rand([size], { device: t.device })
      return draws.gt(draws.kthvalue(count).values)
    }),
  /** `LnStructured`: the slices with the smallest norms. */
  lnStructured: (amount: Amount, n: number, dim: number): PruningMethod =>
    structured(amount, dim, (t, along, size, count) => {
      const others = [...t.shape.keys()].filter((d) => d !== along)
      const kept = t.norm(n, others).topk(size - count).indices
      return t.newZeros([size]).indexFill(0, kept, 1)
    }),
  /** `CustomFromMask`. */
  customFromMask: (mask: Tensor): PruningMethod => ({
    type: 'global',
    computeMask: (_, before) => before.mul(mask.to(before.dtype)),
  }),
} as const

/** The mask after another method on what is left; PyTorch's `PruningContainer`. */
function combined(method: PruningMethod, t: Tensor, mask: Tensor): Tensor {
  if (method.type === 'global') return method.computeMask(t, mask)
  if (method.type === 'unstructured') {
    const left = mask.reshape([-1]).eq(1).nonzero().squeeze(1)
    const part = method.computeMask(
      t.reshape([-1]).indexSelect(0, left),
      mask.reshape([-1]).indexSelect(0, left),
    )
    return mask.reshape([-1]).indexCopy(0, left, part).view(mask.shape)
  }
  const dim = (method.dim ?? -1) < 0 ? (method.dim ?? -1) + t.ndim : (method.dim ?? 0)
  const others = [...t.shape.keys()].filter((d) => d !== dim)
  const left = mask.sum(others).ne(0).nonzero().squeeze(1)
  const part = method.computeMask(t.indexSelect(dim, left), mask.indexSelect(dim, left))
  return mask.indexCopy(dim, left, part)
}

const tensorOf = (module: Module, name: string): Tensor => {
  const found = memberOf(module, name)
  if (!(found instanceof Tensor)) throw new ValueError(`${module} has no tensor '${name}'`)
  return found
}

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
  method: PruningMethod,
  scores?: Tensor,
): M {
  const before = derivationOf(module, kind, name)
  const value = tensorOf(module, name)
  const importance = (scores ?? value).detach()
  noGrad(() => {
    if (before) {
      const mask = tensorOf(module, `${name}_mask`)
      mask.copy_(combined(method, importance, mask.clone()))
      return
    }
    const mask = method.computeMask(importance, value.detach().onesLike())
    if (!isParameter(value)) throw new ValueError(`${module} has no parameter '${name}'`)
    removeMember(module, name)
    module.registerParameter(`${name}_orig`, value)
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
  if (before) Reflect.set(module, propertyOf(module, name), derivation.compute(module))
  else derive(module, derivation)
  return module
}

type Named<T> = number | T

const amountOf = (given: Named<{ amount: Amount }>): Amount =>
  typeof given === 'number' ? given : given.amount

/** Prunes nothing, and makes room for masks; `prune.identity`. */
export const identity = <M extends Module>(module: M, name: string): M =>
  applyPruning(module, name, methods.identity())

/** Zeroes elements at random; `prune.random_unstructured`. */
export const randomUnstructured = <M extends Module>(
  module: M,
  name: string,
  amount: Named<{ amount: Amount }>,
): M => applyPruning(module, name, methods.randomUnstructured(amountOf(amount)))

/** Zeroes the smallest elements; `prune.l1_unstructured`. */
export const l1Unstructured = <M extends Module>(
  module: M,
  name: string,
  amount: Named<{ amount: Amount; importanceScores?: Tensor }>,
  importanceScores?: Tensor,
): M =>
  applyPruning(
    module,
    name,
    methods.l1Unstructured(amountOf(amount)),
    typeof amount === 'number' ? importanceScores : amount.importanceScores,
  )

/** Zeroes slices at random; `prune.random_structured`. */
export function randomStructured<M extends Module>(
  module: M,
  name: string,
  amount: Named<{ amount: Amount; dim: number }>,
  dim = -1,
): M {
  const along = typeof amount === 'number' ? dim : amount.dim
  return applyPruning(module, name, methods.randomStructured(amountOf(amount), along))
}

/** Options of `lnStructured`. */
export interface LnOptions {
  amount: Amount
  n: number
  dim: number
  importanceScores?: Tensor
}

/** Zeroes the slices with the smallest norms; `prune.ln_structured`. */
export function lnStructured<M extends Module>(
  module: M,
  name: string,
  { amount, n, dim, importanceScores }: LnOptions,
): M {
  return applyPruning(module, name, methods.lnStructured(amount, n, dim), importanceScores)
}

/** Zeroes what a mask says; `prune.custom_from_mask`. */
export const customFromMask = <M extends Module>(
  module: M,
  name: string,
  mask: Tensor | { mask: Tensor },
): M =>
  applyPruning(module, name, methods.customFromMask(mask instanceof Tensor ? mask : mask.mask))

/**
 * Prunes several parameters as if they were one; `prune.global_unstructured`.
 *
 * @throws TypeError for a method that looks at more than elements.
 */
export function globalUnstructured(
  parameters: readonly (readonly [module: Module, name: string])[],
  method: PruningMethod,
): void {
  if (method.type !== 'unstructured') {
    throw new TypeError_(
      `Only "unstructured" PRUNING_TYPE supported for the \`pruning_method\`. Found method of type ${method.type}`,
    )
  }
  noGrad(() => {
    const flat = (t: Tensor) => t.detach().reshape([-1])
    const values = parameters.map(([module, name]) => flat(tensorOf(module, name)))
    const masks = parameters.map(([module, name], i) => {
      const known = memberOf(module, `${name}_mask`)
      return known instanceof Tensor ? flat(known) : values[i].onesLike()
    })
    const mask = combined(method, cat(values), cat(masks))
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
