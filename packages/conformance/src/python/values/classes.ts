import { Dict } from './dict.ts'
import { raise } from './errors.ts'
import { Callable, type Kwargs, NO_KWARGS, PyObject, type Value } from './value.ts'

export type Members = Map<string, Value>

/** What classes need of the interpreter: the making of an instance. */
export interface Instantiation {
  instantiate(type: PyClass, args: Value[], kwargs: Kwargs): Value
}

/** A class: builtin, made by a `class` statement, or standing for a class of the host. */
export class PyClass extends Callable {
  readonly typeName: string = 'type'
  /** Itself and its ancestors, in the order in which attributes are looked up. */
  readonly mro: readonly PyClass[]
  /** The class of the host that this one stands for. */
  readonly foreign?: object
  /** `__module__`; default: that of the program. */
  readonly module?: string
  /** Of a builtin type: how `int(…)` or `list(…)` makes a value. */
  create?: (args: Value[], kwargs: Kwargs) => Value
  /** Of a type without instances of its own, like `numbers.Number`: which values belong to it. */
  accepts?: (value: Value) => boolean

  constructor(
    private readonly interpreter: Instantiation,
    readonly name: string,
    readonly bases: readonly PyClass[],
    readonly members: Members = new Map(),
    options: { foreign?: object; module?: string } = {},
  ) {
    super()
    this.foreign = options.foreign
    this.module = options.module
    this.mro = [this, ...linearize(bases)]
  }

  call(args: Value[], kwargs: Kwargs = NO_KWARGS): Value {
    return this.interpreter.instantiate(this, args, kwargs)
  }

  /** The member of this name that comes first, and the class that has it. */
  find(name: string, after?: PyClass): { value: Value; owner: PyClass } | undefined {
    for (let i = after ? this.mro.indexOf(after) + 1 : 0; i < this.mro.length; i++) {
      const value = this.mro[i].members.get(name)
      if (value !== undefined) return { value, owner: this.mro[i] }
    }
    return undefined
  }

  /** A member written in Python, here or in an ancestor; those of the host do not count. */
  lookup(name: string): Value | undefined {
    return this.find(name)?.value
  }

  isSubclassOf(other: PyClass): boolean {
    return this.mro.includes(other)
  }

  /** The nearest class of the host that this one inherits from. */
  get foreignBase(): object | undefined {
    return this.mro.find((type) => type.foreign)?.foreign
  }
}

/** Ancestors in C3 order, without the class itself. */
function linearize(bases: readonly PyClass[]): PyClass[] {
  const lists = [...bases.map((base) => [...base.mro]), [...bases]]
  const result: PyClass[] = []
  for (;;) {
    const pending = lists.filter((list) => list.length > 0)
    if (pending.length === 0) return result
    const next = pending
      .map((list) => list[0])
      .find((candidate) => !pending.some((list) => list.indexOf(candidate) > 0))
    if (!next) throw raise('TypeError', 'Cannot create a consistent method resolution order (MRO)')
    result.push(next)
    for (const list of pending) if (list[0] === next) list.shift()
  }
}

/** An instance of a class made by a `class` statement, or an exception. */
export class Instance extends PyObject {
  /** `__dict__`. */
  readonly attributes = new Dict()
  /**
   * Where the class inherits from a class of the host or from a builtin container: the object that
   * carries that side. It is made when the inherited `__init__` is called.
   */
  native?: Value

  constructor(readonly type: PyClass) {
    super()
  }
  get typeName(): string {
    return this.type.name
  }
}

/** `property`: functions to get, set and delete an attribute. */
export class Property extends PyObject {
  readonly typeName = 'property'
  constructor(
    readonly getter: Value,
    readonly setter: Value = null,
    readonly deleter: Value = null,
  ) {
    super()
  }
}

/** A property whose value is kept in the instance: `functools.cached_property`. */
export class CachedProperty extends PyObject {
  readonly typeName = 'cached_property'
  constructor(readonly getter: Callable) {
    super()
  }
}

/** `@staticmethod` and `@classmethod`. */
export class MethodWrapper extends PyObject {
  constructor(
    readonly typeName: 'staticmethod' | 'classmethod',
    readonly inner: Value,
  ) {
    super()
  }
}

/** `super()`: looks attributes up behind `after` in the order of the receiver's class. */
export class Super extends PyObject {
  readonly typeName = 'super'
  constructor(
    readonly after: PyClass,
    readonly receiver: Instance | PyClass,
  ) {
    super()
  }
  get type(): PyClass {
    return this.receiver instanceof Instance ? this.receiver.type : this.receiver
  }
}
