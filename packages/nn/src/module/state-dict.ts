/** Loading of state dicts: checked as a whole, then copied. */
import { noGrad } from '@sconce/autograd'
import { RuntimeError, sameShape, Tensor, torchSize } from '@sconce/core'
import type { Module } from './module.ts'

/** Tensors by their PyTorch names: `layers.0.weight`. */
export type StateDict = Map<string, Tensor>

/** What can be loaded. */
export type LoadableState = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>

/** What did not match. */
export interface IncompatibleKeys {
  readonly missingKeys: readonly string[]
  readonly unexpectedKeys: readonly string[]
}

/** Collects what a loading would do, and what is wrong with it. */
export class Loading {
  readonly state: ReadonlyMap<string, unknown>
  readonly missing: string[] = []
  readonly unexpected: string[] = []
  readonly errors: string[] = []
  readonly #copies: (() => void)[] = []

  constructor(state: LoadableState) {
    this.state = state instanceof Map ? state : new Map(Object.entries(state))
  }

  /** The keys below a prefix. */
  keys(prefix: string): string[] {
    return [...this.state.keys()].filter((key) => key.startsWith(prefix))
  }

  /** Copies the tensor of that key into `target`, once everything has been checked. */
  copy(key: string, target: Tensor): void {
    if (!this.state.has(key)) {
      this.missing.push(key)
      return
    }
    const given = this.state.get(key)
    if (!(given instanceof Tensor)) {
      this.errors.push(
        `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object from checkpoint but received ${typeof given}`,
      )
      return
    }
    // One-element vectors stood for scalars once.
    const source = target.ndim === 0 && sameShape(given.shape, [1]) ? given.select(0, 0) : given
    if (!sameShape(source.shape, target.shape)) {
      this.errors.push(
        `size mismatch for ${key}: copying a param with shape ${torchSize(source.shape)} from checkpoint, the shape in current model is ${torchSize(target.shape)}.`,
      )
      return
    }
    this.#copies.push(() => target.copy_(source))
  }

  /**
   * Copies everything, if nothing is wrong.
   *
   * @throws RuntimeError in PyTorch's words, before anything is changed.
   */
  finish(name: string, strict: boolean): IncompatibleKeys {
    const quoted = (keys: readonly string[]) => keys.map((key) => `"${key}"`).join(', ')
    const errors = [...this.errors]
    if (strict && this.unexpected.length > 0)
      errors.unshift(`Unexpected key(s) in state_dict: ${quoted(this.unexpected)}. `)
    if (strict && this.missing.length > 0)
      errors.unshift(`Missing key(s) in state_dict: ${quoted(this.missing)}. `)
    if (errors.length > 0)
      throw new RuntimeError(
        `Error(s) in loading state_dict for ${name}:\n\t${errors.join('\n\t')}`,
      )
    noGrad(() => {
      for (const copy of this.#copies) copy()
    })
    return { missingKeys: this.missing, unexpectedKeys: this.unexpected }
  }
}

/** Goes through a module and its children. */
export function load(module: Module, loading: Loading, prefix: string): void {
  module.loadOwnState(loading, prefix)
  for (const [key, child] of module.ownModules()) load(child, loading, `${prefix}${key}.`)
}

/** What `load` does for the module itself. */
export function loadMembers(module: Module, loading: Loading, prefix: string): void {
  const known = new Set<string>()
  for (const [name] of module.ownModules()) known.add(name)
  for (const [name, parameter] of module.ownParameters()) {
    known.add(name)
    loading.copy(prefix + name, parameter)
  }
  for (const [name, buffer, persistent] of module.ownBuffers()) {
    if (!persistent) continue
    known.add(name)
    loading.copy(prefix + name, buffer)
  }
  for (const key of loading.keys(prefix)) {
    const [name] = key.slice(prefix.length).split('.')
    if (!known.has(name)) loading.unexpected.push(key)
  }
}

/** Parameters and persistent buffers of a module and of all below, by name. */
export function stateOf(module: Module, prefix: string, keepVars: boolean): StateDict {
  const state: StateDict = new Map()
  const put = (name: string, t: Tensor) => state.set(prefix + name, keepVars ? t : t.detach())
  for (const [name, parameter] of module.ownParameters()) put(name, parameter)
  for (const [name, buffer, persistent] of module.ownBuffers()) if (persistent) put(name, buffer)
  for (const [name, below] of module.ownModules()) {
    const inner = below.stateDict({ prefix: `${prefix}${name}.`, keepVars })
    for (const [key, t] of inner) state.set(key, t)
  }
  return state
}
