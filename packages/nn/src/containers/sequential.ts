import { IndexError, type Tensor, TypeError_ } from '@sconce/core'
import { callModule } from '../module/call.ts'
import { isModule, Module } from '../module/module.ts'

/** Position of an index that may count from the end. @throws IndexError where there is none. */
export function wrapIndex(index: number, length: number): number {
  if (!(index >= -length && index < length)) throw new IndexError(`index ${index} is out of range`)
  return index < 0 ? index + length : index
}

/** The value as a module. @throws TypeError for what is none. */
export const checkModule = (value: unknown): Module => {
  if (!isModule(value)) throw new TypeError_(`${typeof value} is not a Module subclass`)
  return value
}

/** Where a container keeps its parts. */
export const entries: unique symbol = Symbol('entries')

/** Modules by name: what containers hold in the place of properties. */
export abstract class Container<M extends Module = Module> extends Module {
  readonly [entries] = new Map<string, M>()

  protected override *members(): Generator<[name: string, value: unknown]> {
    yield* super.members()
    yield* this[entries]
  }

  override registerModule(name: string, module: Module | null): void {
    // Of the type of the others: types don't say more of what has a name only.
    if (module !== null) this[entries].set(name, checkModule(module) as M)
  }

  protected override setMember(name: string, value: unknown): void {
    if (this[entries].has(name)) this[entries].set(name, checkModule(value) as M)
    else super.setMember(name, value)
  }
}

const nameAt = (container: Container, index: number): string =>
  [...container[entries].keys()][wrapIndex(index, container[entries].size)]

/** A container whose names are positions. */
export abstract class ListContainer<M extends Module = Module> extends Container<M> {
  get length(): number {
    return this[entries].size
  }

  [Symbol.iterator](): Iterator<M> {
    return this[entries].values()
  }

  /** The module at a position, which may count from the end. @throws IndexError beyond the ends. */
  at(index: number): M {
    const name = nameAt(this, index)
    const module = this[entries].get(name)
    if (!module) throw new IndexError(`index ${index} is out of range`)
    return module
  }

  /** Replaces the module at a position. @throws IndexError beyond the ends. */
  set(index: number, module: M): void {
    this[entries].set(nameAt(this, index), module)
  }

  /** Takes the module at a position out; those behind move up. @throws IndexError beyond the ends. */
  delete(index: number): void {
    const name = nameAt(this, index)
    this.renumber(Array.from(this[entries]).flatMap(([key, m]) => (key === name ? [] : [m])))
  }

  /** Puts a module in front of a position. @throws IndexError beyond the ends. */
  insert(index: number, module: M): this {
    const modules = [...this[entries].values()]
    const at = index === this.length ? index : wrapIndex(index, this.length)
    modules.splice(at, 0, module)
    this.renumber(modules)
    return this
  }

  /** Adds a module at the end. */
  append(module: M): this {
    this[entries].set(String(this.length), module)
    return this
  }

  /** Adds modules at the end. */
  extend(modules: Iterable<M>): this {
    for (const module of modules) this.append(module)
    return this
  }

  /** Takes the module at a position out and returns it. */
  pop(index = -1): M {
    const module = this.at(index)
    this.delete(index)
    return module
  }

  protected renumber(modules: readonly M[]): void {
    this[entries].clear()
    this.extend(modules)
  }
}

/** What `Sequential` is made of. */
type Steps = Module[] | [Readonly<Record<string, Module>> | ReadonlyMap<string, Module>]

/**
 * Modules one after the other; `torch.nn.Sequential`. Takes them one by one, or by name in an object or a
 * map.
 */
export class Sequential extends ListContainer {
  constructor(...steps: Steps) {
    super()
    const [first] = steps
    if (steps.length === 1 && first !== undefined && !isModule(first)) {
      const named = first instanceof Map ? first : Object.entries(first)
      for (const [name, module] of named) this.registerModule(name, module)
    } else {
      steps.forEach((module, i) => {
        this.registerModule(String(i), checkModule(module))
      })
    }
  }

  /** The modules from one position to before another, under their names. */
  slice(start?: number, stop?: number): Sequential {
    return new Sequential(new Map([...this[entries]].slice(start, stop)))
  }

  override forward(input: Tensor): Tensor {
    let value: unknown = input
    for (const module of this) value = callModule(module, value)
    // Of whatever kind the last module returns; most often it is a tensor.
    return value as Tensor
  }
}
