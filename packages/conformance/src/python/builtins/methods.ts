import type { Runtime } from '../runtime/runtime.ts'
import { typeName, underlying } from '../runtime/types.ts'
import { MethodWrapper, Property, type PyClass } from '../values/classes.ts'
import { raise } from '../values/errors.ts'
import { type NativeFunction, native } from '../values/functions.ts'
import type { Kwargs, Value } from '../values/value.ts'

/** What is left out of the optional arguments is undefined: give it a default. */
type Body<S> = (self: S, args: Value[], kwargs: Kwargs) => Value

/** A body that returns `None`. */
export const does =
  <S>(body: (self: S, args: Value[], kwargs: Kwargs) => void): Body<S> =>
  (self, args, kwargs) => {
    body(self, args, kwargs)
    return null
  }

/** `name signature` to the method's body; the signature is that of `native`, without `self`. */
export type MethodTable<S> = { [nameAndSignature: string]: Body<S> }

const split = (text: string): [name: string, signature: string] => {
  const [name, ...rest] = text.split(' ')
  return [name, rest.join(' ')]
}

/** Gives a builtin type its methods. `is` tells the values that the methods are for. */
export function defineMethods<S extends Value>(
  rt: Runtime,
  type: PyClass,
  is: (value: Value) => value is S,
  table: MethodTable<S>,
): void {
  for (const [key, body] of Object.entries(table)) {
    const [name, signature] = split(key)
    const run = ([given, ...args]: Value[], kwargs: Kwargs): Value => {
      const self = is(given) ? given : underlying(given)
      if (!is(self))
        throw raise(
          'TypeError',
          `descriptor '${name}' for '${type.name}' objects doesn't apply to a '${typeName(rt, given)}' object`,
        )
      return body(self, args, kwargs)
    }
    type.members.set(name, native(`${type.name}.${name}`, `self ${signature}`, run, true))
  }
}

/** Gives a builtin type attributes that are read only. */
export function defineAttributes<S extends Value>(
  type: PyClass,
  is: (value: Value) => value is S,
  table: { [name: string]: (self: S) => Value },
): void {
  for (const [name, get] of Object.entries(table)) {
    const getter = native(name, 'self', ([self]) => {
      if (!is(self)) throw raise('AttributeError', name)
      return get(self)
    })
    type.members.set(name, new Property(getter))
  }
}

/** Gives a builtin type methods without `self`. */
export function defineStatic(type: PyClass, table: FunctionTable): void {
  for (const fn of functions(table, `${type.name}.`))
    type.members.set(fn.name.slice(type.name.length + 1), new MethodWrapper('staticmethod', fn))
}

/** `name signature` to a function's body. */
export type FunctionTable = {
  [nameAndSignature: string]: (args: Value[], kwargs: Kwargs) => Value
}

export const functions = (table: FunctionTable, prefix = ''): NativeFunction[] =>
  Object.entries(table).map(([key, body]) => {
    const [name, signature] = split(key)
    return native(prefix + name, signature, body)
  })
