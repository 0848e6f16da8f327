import { KeyError } from '@sconce/core'
import type { Module } from '../module/module.ts'
import { Container, checkModule, entries, ListContainer } from './sequential.ts'

/** A list of modules, which are registered; `torch.nn.ModuleList`. */
export class ModuleList<M extends Module = Module> extends ListContainer<M> {
  constructor(modules: Iterable<M> = []) {
    super()
    this.extend(modules)
  }

  /** The modules from one position to before another. */
  slice(start?: number, stop?: number): ModuleList<M> {
    return new ModuleList([...this[entries].values()].slice(start, stop))
  }
}

type Named<M> =
  | Readonly<Record<string, M>>
  | ReadonlyMap<string, M>
  | Iterable<readonly [string, M]>

const pairs = <T>(named: Named<T>): Iterable<readonly [string, T]> =>
  Symbol.iterator in named ? (named as Iterable<readonly [string, T]>) : Object.entries(named)

/** Modules by name, which are registered; `torch.nn.ModuleDict`. Iterates over the names. */
export class ModuleDict<M extends Module = Module> extends Container<M> {
  constructor(modules: Named<M> = {}) {
    super()
    this.update(modules)
  }

  get length(): number {
    return this[entries].size
  }

  [Symbol.iterator](): Iterator<string> {
    return this[entries].keys()
  }

  /** The module of that name. @throws KeyError where there is none. */
  get(name: string): M {
    const module = this[entries].get(name)
    if (!module) throw new KeyError(`'${name}'`)
    return module
  }

  has(name: string): boolean {
    return this[entries].has(name)
  }

  /** Adds a module, or replaces the one of that name. */
  set(name: string, module: M): void {
    checkModule(module)
    this[entries].set(name, module)
  }

  /** Takes a module out. @throws KeyError where there is none. */
  delete(name: string): void {
    this.get(name)
    this[entries].delete(name)
  }

  /** Takes a module out and returns it. @throws KeyError where there is none. */
  pop(name: string): M {
    const module = this.get(name)
    this[entries].delete(name)
    return module
  }

  /** Adds and replaces modules. */
  update(modules: Named<M>): void {
    for (const [name, module] of pairs(modules)) this.set(name, module)
  }

  clear(): void {
    this[entries].clear()
  }

  keys(): Iterable<string> {
    return this[entries].keys()
  }
  values(): Iterable<M> {
    return this[entries].values()
  }
  /** `ModuleDict.items`. */
  items(): Iterable<[string, M]> {
    return this[entries].entries()
  }
}
