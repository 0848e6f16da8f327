import { Instance, type PyClass } from '../values/classes.ts'
import { NativeFunction, PyFunction } from '../values/functions.ts'
import { Callable, isForeign, isList, PyObject, Tuple, type Value } from '../values/value.ts'
import type { Runtime } from './runtime.ts'

const PRIMITIVES: { [type: string]: string } = {
  boolean: 'bool',
  bigint: 'int',
  number: 'float',
  string: 'str',
}

/** `type(value)`. */
export function typeOf(rt: Runtime, value: Value): PyClass {
  const primitive = PRIMITIVES[typeof value]
  if (primitive) return rt.type(primitive)
  if (value === null) return rt.type('NoneType')
  if (isList(value)) return rt.type('list')
  if (value instanceof Instance) return value.type
  if (value instanceof Tuple) return value.kind?.type ?? rt.type('tuple')
  if (value instanceof PyObject) return rt.type(value.typeName)
  return isForeign(value) ? rt.host.typeOf(value) : rt.type('object')
}

export const typeName = (rt: Runtime, value: Value): string => typeOf(rt, value).name

export const isInstanceOf = (rt: Runtime, value: Value, type: PyClass): boolean =>
  typeOf(rt, value).isSubclassOf(type) || (type.accepts?.(value) ?? false)

/**
 * Of an instance of a class that inherits from a builtin type or from a class of the host: the value
 * that carries that side. Other values are themselves.
 */
export const underlying = (value: Value): Value =>
  value instanceof Instance && value.native !== undefined ? value.native : value

/** Does a function get its receiver as the first argument when it is a member of a class? */
export const binds = (member: Value): member is Callable =>
  member instanceof PyFunction || (member instanceof NativeFunction && member.binds)

type Special = (...args: Value[]) => Value

/** A special method of one of the program's own classes, bound. */
export function ownSpecial(value: Value, name: string): Special | undefined {
  if (!(value instanceof Instance)) return undefined
  const method = value.type.lookup(name)
  if (!(method instanceof Callable)) return undefined
  return (...args) => method.call(binds(method) ? [value, ...args] : args)
}

/** A special method of an instance or of an object of the host; values of the language have none here. */
export function special(rt: Runtime, value: Value, name: string): Special | undefined {
  const own = ownSpecial(value, name)
  if (own) return own
  const inner = underlying(value)
  const method = isForeign(inner) ? rt.host.getAttribute?.(inner, name) : undefined
  return method instanceof Callable ? (...args) => method.call(args) : undefined
}
