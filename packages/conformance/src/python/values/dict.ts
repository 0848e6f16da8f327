import { raise } from './errors.ts'
import { hashKey, type Key } from './hash.ts'
import { type Callable, PyObject, type Value } from './value.ts'

export type DictType = 'dict' | 'OrderedDict' | 'defaultdict' | 'Counter'

/** A dictionary: keys by Python's equality, in the order of insertion. */
export class Dict extends PyObject {
  readonly unhashable = true
  private table = new Map<Key, [Value, Value]>()
  /** Makes the values of missing keys: that of a `defaultdict`. */
  factory?: Callable

  constructor(
    entries: Iterable<readonly [Value, Value]> = [],
    readonly typeName: DictType = 'dict',
  ) {
    super()
    for (const [key, value] of entries) this.set(key, value)
  }

  get size(): number {
    return this.table.size
  }
  has(key: Value): boolean {
    return this.table.has(hashKey(key))
  }
  /** The value, or undefined if there is none. */
  get(key: Value): Value | undefined {
    return this.table.get(hashKey(key))?.[1]
  }
  set(key: Value, value: Value): void {
    const hash = hashKey(key)
    const entry = this.table.get(hash)
    // As in Python, the key that came first stays.
    if (entry) entry[1] = value
    else this.table.set(hash, [key, value])
  }
  /** Removes and returns the value, or undefined if there is none. */
  delete(key: Value): Value | undefined {
    const hash = hashKey(key)
    const value = this.table.get(hash)?.[1]
    this.table.delete(hash)
    return value
  }
  clear(): void {
    this.table.clear()
  }
  /** @throws PyError RuntimeError if entries come or go meanwhile */
  *entries(): Generator<[Value, Value]> {
    const size = this.table.size
    for (const [key, value] of this.table.values()) {
      yield [key, value]
      if (this.table.size !== size)
        throw raise('RuntimeError', 'dictionary changed size during iteration')
    }
  }
  *keys(): Generator<Value> {
    for (const [key] of this.entries()) yield key
  }
  *values(): Generator<Value> {
    for (const [, value] of this.entries()) yield value
  }
  /** Moves an entry to the end, or to the start. */
  move(key: Value, last: boolean): void {
    const value = this.delete(key)
    if (value === undefined) throw raise('KeyError', key)
    if (last) {
      this.set(key, value)
      return
    }
    const rest = [...this.entries()]
    this.clear()
    for (const [k, v] of [[key, value] as const, ...rest]) this.set(k, v)
  }
}

/** `d.keys()`, `d.values()`, `d.items()`: live views. */
export class DictView extends PyObject {
  readonly unhashable = true
  readonly typeName: string
  constructor(
    readonly dict: Dict,
    readonly part: 'keys' | 'values' | 'items',
  ) {
    super()
    this.typeName = `dict_${part}`
  }
}

/** `set` and `frozenset`. */
export class PySet extends PyObject {
  private table = new Map<Key, Value>()

  constructor(
    values: Iterable<Value> = [],
    readonly typeName: 'set' | 'frozenset' = 'set',
  ) {
    super()
    for (const value of values) this.add(value)
  }
  get unhashable(): boolean {
    return this.typeName === 'set'
  }
  get size(): number {
    return this.table.size
  }
  has(value: Value): boolean {
    return this.table.has(hashKey(value))
  }
  add(value: Value): void {
    const key = hashKey(value)
    if (!this.table.has(key)) this.table.set(key, value)
  }
  delete(value: Value): boolean {
    return this.table.delete(hashKey(value))
  }
  clear(): void {
    this.table.clear()
  }
  *[Symbol.iterator](): Generator<Value> {
    const size = this.table.size
    for (const value of this.table.values()) {
      yield value
      if (this.table.size !== size) throw raise('RuntimeError', 'Set changed size during iteration')
    }
  }
}
