import type { PyClass } from './classes.ts'

/**
 * How Python values look in JavaScript:
 *
 * | Python | here |
 * |---|---|
 * | `None`, `bool`, `str` | `null`, boolean, string |
 * | `int`, `float` | bigint, number |
 * | `list` | Array |
 * | everything else of the language | a {@link PyObject} |
 * | whatever belongs to the host | any other object or function: *foreign* |
 */
export type Value = null | boolean | bigint | number | string | object

declare const foreign: unique symbol
/** An object of the host. The brand is for the compiler alone: see {@link isForeign}. */
export type Foreign = object & { readonly [foreign]: true }

/** Keyword arguments, in the order of the call. */
export type Kwargs = ReadonlyMap<string, Value>

export const NO_KWARGS: Kwargs = new Map()

/** What belongs to the interpreter. */
export abstract class PyObject {
  /** Name of the builtin type. */
  abstract readonly typeName: string
}

/** A function, a method, a class: call it with Python values. */
export abstract class Callable extends PyObject {
  abstract readonly name: string
  abstract call(args: Value[], kwargs?: Kwargs): Value
}

/** `...` and `NotImplemented`. */
export class Singleton extends PyObject {
  constructor(
    readonly name: string,
    readonly typeName: string,
  ) {
    super()
  }
}

export const ELLIPSIS = new Singleton('Ellipsis', 'ellipsis')
/** What an operator answers for operands it does not know. */
export const NOT_IMPLEMENTED = new Singleton('NotImplemented', 'NotImplementedType')

/** `a:b:c`; a part left out is `null`. */
export class Slice extends PyObject {
  readonly typeName = 'slice'
  constructor(
    readonly start: Value,
    readonly stop: Value,
    readonly step: Value,
  ) {
    super()
  }
}

/** A kind of tuple with a name: `torch.Size`, a named tuple. */
export interface TupleKind {
  readonly name: string
  /** What `type(t)` gives. */
  readonly type?: PyClass
  readonly fields?: readonly string[]
  /** Are slices, sums and products of this kind too? */
  readonly closed?: boolean
  /** How it prints, where that is neither `(…)` nor `name(field=…)`. */
  repr?(items: readonly Value[], repr: (value: Value) => string): string
  /** Further attributes and methods. */
  attribute?(tuple: Tuple, name: string): Value | undefined
}

export class Tuple extends PyObject {
  constructor(
    readonly items: readonly Value[],
    readonly kind?: TupleKind,
  ) {
    super()
  }
  get typeName(): string {
    return this.kind?.name ?? 'tuple'
  }
}

/** `range`. */
export class Range extends PyObject {
  readonly typeName = 'range'
  readonly length: number
  constructor(
    readonly start: bigint,
    readonly stop: bigint,
    readonly step: bigint,
  ) {
    super()
    const span = step > 0n ? stop - start : start - stop
    const stride = step > 0n ? step : -step
    this.length = span > 0n ? Number((span + stride - 1n) / stride) : 0
  }
  /** The element at an index within the length. */
  at(index: number): bigint {
    return this.start + BigInt(index) * this.step
  }
  *[Symbol.iterator](): Generator<bigint> {
    for (let i = 0; i < this.length; i++) yield this.at(i)
  }
}

/** A module of the standard library that the interpreter brings along. */
export class Module extends PyObject {
  readonly typeName = 'module'
  readonly members: Map<string, Value>
  constructor(
    readonly name: string,
    members: Iterable<readonly [string, Value]>,
  ) {
    super()
    this.members = new Map(members)
  }
}

/** An iterator: `iter(x)`, `zip(…)`, a generator expression. */
export class PyIterator extends PyObject {
  private done = false
  constructor(
    protected readonly source: Iterator<Value>,
    readonly typeName: string,
  ) {
    super()
  }
  /** The next value, or undefined at the end and ever after. */
  next(): Value | undefined {
    if (this.done) return undefined
    const result = this.source.next()
    if (!result.done) return result.value
    this.done = true
    return undefined
  }
  *[Symbol.iterator](): Generator<Value> {
    for (let value = this.next(); value !== undefined; value = this.next()) yield value
  }
}

export const isList = (value: Value): value is Value[] => Array.isArray(value)

/** Does the value belong to the host? */
export const isForeign = (value: Value): value is Foreign =>
  typeof value === 'object'
    ? value !== null && !Array.isArray(value) && !(value instanceof PyObject)
    : typeof value === 'function'
