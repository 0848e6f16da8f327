/** Hooks of modules, in the order in which they were registered. */
import { type GradientList, type RemovableHandle, RuntimeError } from '@sconce/core'
import type { Module } from './module.ts'

// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing
type Nothing = null | undefined | void

/** Sees the inputs before `forward`, and may give others in their place. */
export type ForwardPreHook = (module: Module, inputs: readonly unknown[]) => unknown
/** Sees inputs and output after `forward`, and may give another output in its place. */
export type ForwardHook = (module: Module, inputs: readonly unknown[], output: unknown) => unknown
/** Sees the gradients of inputs and outputs, and may give others for the inputs. */
export type BackwardHook = (
  module: Module,
  gradInput: GradientList,
  gradOutput: GradientList,
) => GradientList | Nothing

/** A list of hooks; a handle takes its hook out. */
export class Hooks<T> {
  readonly #hooks: Set<{ readonly hook: T }>

  constructor(from?: Hooks<T>) {
    this.#hooks = new Set(from?.list().map((hook) => ({ hook })))
  }

  add(hook: T): RemovableHandle {
    const entry = { hook }
    this.#hooks.add(entry)
    return { remove: () => this.#hooks.delete(entry) }
  }

  /** Takes a hook out. */
  delete(hook: T): void {
    for (const entry of this.#hooks) if (entry.hook === hook) this.#hooks.delete(entry)
  }

  get size(): number {
    return this.#hooks.size
  }

  list(): T[] {
    return Array.from(this.#hooks, ({ hook }) => hook)
  }
}

/** The hooks of a module. */
export class ModuleHooks {
  readonly forwardPre: Hooks<ForwardPreHook>
  readonly forward: Hooks<ForwardHook>
  readonly backward: Hooks<BackwardHook>
  /** The older kind, which sees the gradients of the last function only. */
  readonly lastBackward: Hooks<BackwardHook>

  constructor(from?: ModuleHooks) {
    this.forwardPre = new Hooks(from?.forwardPre)
    this.forward = new Hooks(from?.forward)
    this.backward = new Hooks(from?.backward)
    this.lastBackward = new Hooks(from?.lastBackward)
  }

  /**
   * Adds a backward hook of one kind.
   *
   * @throws RuntimeError where there are some of the other.
   */
  addBackward(hook: BackwardHook, kind: 'backward' | 'lastBackward'): RemovableHandle {
    const other = kind === 'backward' ? this.lastBackward : this.backward
    if (other.size > 0) {
      throw new RuntimeError(
        'Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of them.',
      )
    }
    return this[kind].add(hook)
  }

  get any(): boolean {
    return (
      this.forwardPre.size + this.forward.size + this.backward.size + this.lastBackward.size > 0
    )
  }
}
