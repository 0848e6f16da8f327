/** Hooks of modules, in the order in which they were registered. */
import { type GradientList, type RemovableHandle, RuntimeError, type Tensor } from '@sconce/core'
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

/** Sees a module before its state dict is made; `prefix` is the path in front of its names. */
export type StateDictPreHook = (module: Module, prefix: string, keepVars: boolean) => void
/** Sees the state dict when the part of the module is in it, and may change it. */
export type StateDictHook = (module: Module, state: Map<string, Tensor>, prefix: string) => void
/** Sees the state that is to be loaded, a copy, and may change it. */
export type LoadStateDictPreHook = StateDictHook
/** Sees what did not match; of what it takes out of the lists nobody complains. */
export type LoadStateDictPostHook = (
  module: Module,
  incompatible: { missingKeys: string[]; unexpectedKeys: string[] },
) => void

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
  readonly stateDictPre: Hooks<StateDictPreHook>
  readonly stateDict: Hooks<StateDictHook>
  readonly loadPre: Hooks<LoadStateDictPreHook>
  readonly loadPost: Hooks<LoadStateDictPostHook>

  constructor(from?: ModuleHooks) {
    this.forwardPre = new Hooks(from?.forwardPre)
    this.forward = new Hooks(from?.forward)
    this.backward = new Hooks(from?.backward)
    this.lastBackward = new Hooks(from?.lastBackward)
    this.stateDictPre = new Hooks(from?.stateDictPre)
    this.stateDict = new Hooks(from?.stateDict)
    this.loadPre = new Hooks(from?.loadPre)
    this.loadPost = new Hooks(from?.loadPost)
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

  /** Whether calls of the module have hooks. */
  get any(): boolean {
    return (
      this.forwardPre.size + this.forward.size + this.backward.size + this.lastBackward.size > 0
    )
  }
}

/** Hooks of the calls of all modules, which run before their own. */
export const globalHooks = new ModuleHooks()

/** Calls `hook` before the `forward` of every module; `register_module_forward_pre_hook`. */
export const registerModuleForwardPreHook = (hook: ForwardPreHook): RemovableHandle =>
  globalHooks.forwardPre.add(hook)

/** Calls `hook` after the `forward` of every module; `register_module_forward_hook`. */
export const registerModuleForwardHook = (hook: ForwardHook): RemovableHandle =>
  globalHooks.forward.add(hook)

/** Calls `hook` with the gradients of every module; `register_module_full_backward_hook`. */
export const registerModuleFullBackwardHook = (hook: BackwardHook): RemovableHandle =>
  globalHooks.addBackward(hook, 'backward')
