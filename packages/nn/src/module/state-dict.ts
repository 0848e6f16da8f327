/** Loading of state dicts: checked as a whole, then copied. */
import { noGrad } from '@sconce/autograd'
import { RuntimeError, sameShape, Tensor, torchSize } from '@sconce/core'
import { internals } from './internals.ts'
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
  readonly state: Map<string, Tensor>
  readonly missing: string[] = []
  readonly unexpected: string[] = []
  readonly errors: string[] = []
  readonly #copies: (() => void)[] = []
  readonly #hooks: (() => void)[] = []

  constructor(state: LoadableState) {
    this.state = new Map(state instanceof Map ? state : Object.entries(state))
  }

  /** Runs `change` once everything has been checked. */
  later(change: () => void): void {
    this.#copies.push(change)
  }

  /** Lets the hooks of a module see what did not match. */
  announce(module: Module): void {
    for (const hook of module[internals].hooks.loadPost.list()) {
      this.#hooks.push(() =>
        hook(module, { missingKeys: this.missing, unexpectedKeys: this.unexpected }),
      )
    }
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
    const given: unknown = this.state.get(key)
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
    this.later(() => target.copy_(source))
  }

  /** @throws RuntimeError in PyTorch's words for what is wrong; with `strict` for what did not match too. */
  #check(name: string, strict: boolean): void {
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
  }

  /**
   * Copies everything, if nothing is wrong.
   *
   * @throws RuntimeError in PyTorch's words, before anything is changed. Hooks see the module loaded, and
   * may forgive what did not match: with some of them that is checked at the end.
   */
  finish(name: string, strict: boolean): IncompatibleKeys {
    this.#check(name, strict && this.#hooks.length === 0)
    noGrad(() => {
      for (const copy of this.#copies) copy()
    })
    for (const hook of this.#hooks) hook()
    this.#check(name, strict)
    return { missingKeys: this.missing, unexpectedKeys: this.unexpected }
  }
}

/** Goes through a module and its children. */
export function load(module: Module, loading: Loading, prefix: string): void {
  for (const hook of module[internals].hooks.loadPre.list()) hook(module, loading.state, prefix)
  module.loadOwnState(loading, prefix)
  for (const [key, child] of module.ownModules()) load(child, loading, `${prefix}${key}.`)
  loading.announce(module)
}

/** The name of what a module has in a state dict besides parameters and buffers. */
const EXTRA = '_extra_state'

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
  if (module.setExtraState) {
    known.add(EXTRA)
    const extra = loading.state.get(prefix + EXTRA)
    if (extra) loading.later(() => module.setExtraState?.(extra))
    else loading.missing.push(prefix + EXTRA)
  }
  for (const key of loading.keys(prefix)) {
    const [name] = key.slice(prefix.length).split('.')
    if (!known.has(name)) loading.unexpected.push(key)
  }
}

/** Parameters and persistent buffers of a module and of all below, by name. */
export function stateOf(module: Module, prefix: string, keepVars: boolean): StateDict {
  const { hooks } = module[internals]
  for (const hook of hooks.stateDictPre.list()) hook(module, prefix, keepVars)
  const state: StateDict = new Map()
  const put = (name: string, t: Tensor) => state.set(prefix + name, keepVars ? t : t.detach())
  for (const [name, parameter] of module.ownParameters()) put(name, parameter)
  for (const [name, buffer, persistent] of module.ownBuffers()) if (persistent) put(name, buffer)
  if (module.getExtraState) state.set(prefix + EXTRA, module.getExtraState())
  for (const [name, below] of module.ownModules()) {
    const inner = below.stateDict({ prefix: `${prefix}${name}.`, keepVars })
    for (const [key, t] of inner) state.set(key, t)
  }
  for (const hook of hooks.stateDict.list()) hook(module, state, prefix)
  return state
}
