import { RuntimeError } from './errors.ts'
import type { Operation } from './operation.ts'
import type { Tensor } from './tensor.ts'

/** A node of the autograd graph, as core and users see it. */
export interface GradFn {
  /** `MulBackward0`. */
  readonly name: string
  /** The functions whose gradients this one computes; null where an input needs none. */
  readonly nextFunctions: readonly (GradFn | null)[]
}

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
  /** Runs the in-place form on `args[0]` and records it. */
  runInplace(operation: Operation, args: readonly unknown[]): Tensor

  isEnabled(): boolean
  setEnabled(on: boolean): void
  requiresGrad(tensor: Tensor): boolean
  setRequiresGrad(tensor: Tensor, on: boolean): void
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
