import { RuntimeError } from './errors.ts'
import type { Operation } from './operation.ts'
import type { Tensor } from './tensor.ts'

/** A node of the autograd graph, as core and users see it. */
export interface GradFn {
  /** `MulBackward0`. */
  readonly name: string
  /** The functions whose gradients this one computes; null where an input needs none. */
  readonly nextFunctions: readonly (GradFn | null)[]
  /** Calls `hook` after the function ran, with the gradients it made and those it was given. */
  registerHook(hook: GradFnHook): RemovableHandle
  /** Calls `hook` before the function runs, with the gradients it is given. */
  registerPrehook(hook: GradFnPrehook): RemovableHandle
}

/** Gradients by position; null where none flowed. */
export type GradientList = readonly (Tensor | null)[]
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing
type Replaced = GradientList | null | undefined | void
/** What a hook returns takes the place of the gradients. */
export type GradFnHook = (gradInputs: GradientList, gradOutputs: GradientList) => Replaced
/** What a hook returns takes the place of the gradients. */
export type GradFnPrehook = (gradOutputs: GradientList) => Replaced

/** Returned by hook registrations. */
export interface RemovableHandle {
  remove(): void
}

/** Sees a gradient and may give another in its place. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that returns nothing is the common one
export type GradHook = (grad: Tensor) => Tensor | null | undefined | void

/** Arguments of `backward`. */
export interface BackwardOptions {
  gradient?: Tensor
  retainGraph?: boolean
  createGraph?: boolean
  inputs?: readonly Tensor[]
}

/** What autograd keeps about a tensor; opaque to core but for these. */
export interface AutogradMeta {
  readonly requiresGrad: boolean
}

/**
 * What the autograd package installs into core. Core calls it for every op whose inputs carry
 * autograd state, and for the autograd members of `Tensor`.
 */
export interface AutogradEngine {
  /** Whether an op on these arguments is to be recorded. */
  records(operation: Operation, args: readonly unknown[]): boolean
  /** Runs the op and records it. */
  run(operation: Operation, args: readonly unknown[]): unknown
  /** Sees an op that is not recorded, so that it knows what is a view of what. */
  observe(operation: Operation, args: readonly unknown[], result: unknown): void
  /** Runs the in-place form on `args[0]`, records it where needed and counts the version. */
  runInplace(operation: Operation, args: readonly unknown[]): Tensor

  isEnabled(): boolean
  setEnabled(on: boolean): void
  requiresGrad(tensor: Tensor): boolean
  /** `how` it was asked for decides PyTorch's wording of errors. */
  setRequiresGrad(tensor: Tensor, on: boolean, how: 'property' | 'method' | 'option'): void
  isLeaf(tensor: Tensor): boolean
  grad(tensor: Tensor): Tensor | null
  setGrad(tensor: Tensor, grad: Tensor | null): void
  gradFn(tensor: Tensor): GradFn | null
  retainGrad(tensor: Tensor): void
  retainsGrad(tensor: Tensor): boolean
  registerHook(tensor: Tensor, hook: GradHook): RemovableHandle
  detach(tensor: Tensor): Tensor
  detachInplace(tensor: Tensor): Tensor
  backward(tensor: Tensor, options: BackwardOptions): void
}

let engine: AutogradEngine | null = null

/** Called by the autograd package on import. */
export function installAutograd(e: AutogradEngine): void {
  engine = e
}

/** The installed engine, or null. */
export const autogradEngine = (): AutogradEngine | null => engine

/** The engine; throws where autograd isn't installed. */
export function requireAutograd(what: string): AutogradEngine {
  if (!engine) {
    throw new RuntimeError(`${what} needs autograd: import '@sconce/autograd' (or 'sconce')`)
  }
  return engine
}

/** Runs `body` with gradient recording switched off; used by ops that work below autograd. */
export function withoutGrad<T>(body: () => T): T {
  if (!engine?.isEnabled()) return body()
  engine.setEnabled(false)
  try {
    return body()
  } finally {
    engine.setEnabled(true)
  }
}
