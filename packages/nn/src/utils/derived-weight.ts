/** Weights that are computed from others before every call of their module. */
import { RuntimeError, Tensor, ValueError } from '@sconce/core'
import type { ForwardPreHook } from '../module/hooks.ts'
import { internals } from '../module/internals.ts'
import { memberOf, propertyOf } from '../module/members.ts'
import type { Module } from '../module/module.ts'
import { isParameter, type Parameter } from '../parameter.ts'

/** The parameter or buffer of that name. @throws ValueError where there is none. */
export function tensorOf(module: Module, name: string): Tensor {
  const found = memberOf(module, name)
  if (!(found instanceof Tensor)) throw new ValueError(`${module} has no tensor '${name}'`)
  return found
}

/** The parameter of that name. @throws ValueError where there is none. */
export function parameterOf(module: Module, name: string): Parameter {
  const found = memberOf(module, name)
  if (!isParameter(found)) throw new ValueError(`${module} has no parameter '${name}'`)
  return found
}

/** How a weight is computed. */
export interface Derivation {
  /** Under which it is found again. */
  readonly kind: string
  /** Of the weight. */
  readonly name: string
  /** From what the module has. */
  compute(module: Module): Tensor
}

/** The hook of a derivation, which is told by it. */
type DerivedHook<D extends Derivation> = ForwardPreHook & { readonly derivation: D }

const isDerived = (hook: ForwardPreHook): hook is DerivedHook<Derivation> => 'derivation' in hook

/** The property of the weight holds what was computed last; it is no parameter. */
export function recompute(module: Module, derivation: Derivation): void {
  Reflect.set(module, propertyOf(module, derivation.name), derivation.compute(module))
}

/** Computes the weight before every call, and now too. */
export function derive(module: Module, derivation: Derivation, now = true): void {
  const hook = Object.assign(
    (called: Module): void => {
      recompute(called, derivation)
    },
    { derivation },
  )
  if (now) recompute(module, derivation)
  module[internals].hooks.forwardPre.add(hook)
}

/** The derivations of a kind that a module has. */
export const derivations = (module: Module, kind: string): Derivation[] =>
  module[internals].hooks.forwardPre
    .list()
    .flatMap((hook) => (isDerived(hook) && hook.derivation.kind === kind ? [hook.derivation] : []))

/** The derivation of that weight. */
export const derivationOf = (module: Module, kind: string, name: string): Derivation | undefined =>
  derivations(module, kind).find((derivation) => derivation.name === name)

/** @throws RuntimeError where the weight is derived in that way already. */
export function checkUnderived(module: Module, kind: string, name: string): void {
  if (derivationOf(module, kind, name)) {
    throw new RuntimeError(`Cannot register two ${kind} hooks on the same parameter ${name}`)
  }
}

/** Stops computing the weight; what to do with what it was computed from is the caller's. */
export function underive(module: Module, derivation: Derivation): void {
  const { forwardPre } = module[internals].hooks
  for (const hook of forwardPre.list())
    if (isDerived(hook) && hook.derivation === derivation) forwardPre.delete(hook)
}

/** @throws ValueError where the weight is not derived in that way. */
export function requireDerivation(module: Module, kind: string, name: string): Derivation {
  const found = derivationOf(module, kind, name)
  if (!found) throw new ValueError(`${kind} of '${name}' not found in ${module}`)
  return found
}
