import type { BinaryOperator, CompareOperator, UnaryOperator } from './syntax/ast.ts'
import type { Instance, PyClass } from './values/classes.ts'
import type { Foreign, Kwargs, Value } from './values/value.ts'

export type { BinaryOperator, CompareOperator, UnaryOperator } from './syntax/ast.ts'

/**
 * What a program may do with objects that are not Python's own: tensors, modules, namespaces. The
 * interpreter knows nothing of them but this.
 *
 * Every member may be left out, and every member that returns something may return `undefined`: the
 * object does not support what is asked, and the program gets Python's `TypeError` or `AttributeError`.
 * Values come and go as they look in JavaScript (see {@link Value}): ints are bigints and floats are
 * numbers, so that `1` and `1.0` stay apart; a function of the program is a `Callable`.
 *
 * The special methods that are not here (`__enter__`, `__exit__`, `__float__`, `__int__`, `__index__`,
 * `__abs__`, `__round__`, `__reversed__`, `__copy__`, `__deepcopy__`, …) are asked for by
 * {@link Host.getAttribute}.
 */
export interface Host {
  /** The class, as `type(x)` gives it: one that `Interpreter.foreignClass` made. */
  typeOf(object: Foreign): PyClass

  /** Undefined where there is no such attribute, which becomes an `AttributeError`. */
  getAttribute?(object: Foreign, name: string): Value | undefined
  /**
   * `instance` is given where the object is the host's side of an instance of a class that the program
   * made. Returns false where the object does not keep the attribute: the instance keeps it then.
   */
  setAttribute?(object: Foreign, name: string, value: Value, instance?: Instance): boolean
  deleteAttribute?(object: Foreign, name: string): boolean
  call?(object: Foreign, args: Value[], kwargs: Kwargs): Value | undefined

  /** An operator with at least one object of the host. */
  binary?(op: BinaryOperator, left: Value, right: Value): Value | undefined
  /** `target op= value`; undefined: as `target = target op value`. */
  inplace?(op: BinaryOperator, target: Foreign, value: Value): Value | undefined
  unary?(op: UnaryOperator, operand: Foreign): Value | undefined
  /** A comparison with at least one object of the host; without an answer `==` compares identity. */
  compare?(op: CompareOperator, left: Value, right: Value): Value | undefined

  /** An index is any value: an int, a slice, `None`, `...`, a tuple of those, a list, an object of the host. */
  getItem?(object: Foreign, index: Value): Value | undefined
  /** Returns false where the object has no items to set. */
  setItem?(object: Foreign, index: Value, value: Value): boolean
  deleteItem?(object: Foreign, index: Value): boolean
  iterate?(object: Foreign): Iterator<Value> | undefined
  length?(object: Foreign): number | undefined
  contains?(object: Foreign, value: Value): boolean | undefined
  /** Default: true. */
  truth?(object: Foreign): boolean | undefined

  repr?(object: Foreign): string | undefined
  /** Default: `repr`. */
  str?(object: Foreign): string | undefined
  /** Default: `str` for an empty spec, else a `TypeError`. */
  format?(object: Foreign, spec: string): string | undefined

  /**
   * Makes an object of one of the host's classes. For an instance of a class that the program derives
   * from it, the object is the instance's other side: what the program overrides is called on the
   * instance. That happens when the inherited `__init__` is called.
   */
  construct?(type: Foreign, args: Value[], kwargs: Kwargs, instance?: Instance): Foreign | undefined
  /**
   * A member of one of the host's classes, for the class itself (`Function.apply`, called on `receiver`)
   * or, if an instance is given, behind `super()` of it.
   */
  getInherited?(
    type: Foreign,
    name: string,
    receiver: PyClass,
    instance?: Instance,
  ): Value | undefined

  /** An error that the host threw, as the Python exception it is; undefined for a defect of the host. */
  exception?(error: unknown): { type: string; message: string } | undefined
  /** The module of this dotted name. */
  import?(name: string): Value | undefined
}
