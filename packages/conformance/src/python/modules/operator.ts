import { functions } from '../builtins/methods.ts'
import { getAttribute } from '../runtime/attributes.ts'
import { COMPARISONS, compare, contains, identical } from '../runtime/compare.ts'
import { truth } from '../runtime/convert.ts'
import { deleteItem, getItem, setItem } from '../runtime/items.ts'
import { binary, inplace, OPERATOR_NAMES, UNARY_NAMES, unary } from '../runtime/operators.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { BinaryOperator, CompareOperator, UnaryOperator } from '../syntax/ast.ts'
import { NativeFunction } from '../values/functions.ts'
import { Module, Tuple, type Value } from '../values/value.ts'

/** One thing for one name, else a tuple. */
const getter = (names: Value[], get: (object: Value, name: Value) => Value) =>
  new NativeFunction('getter', ([object]) =>
    names.length === 1 ? get(object, names[0]) : new Tuple(names.map((name) => get(object, name))),
  )

const attribute = (rt: Runtime, object: Value, path: Value): Value =>
  String(path)
    .split('.')
    .reduce((value, name) => getAttribute(rt, value, name), object)

export function operatorModule(rt: Runtime): Module {
  const members = new Map<string, Value>()
  const add = (name: string, run: (args: Value[]) => Value): void => {
    members.set(name, new NativeFunction(name, (args) => run(args)))
  }
  for (const [op, name] of Object.entries(OPERATOR_NAMES) as [BinaryOperator, string][]) {
    const shown = name === 'and' || name === 'or' ? `${name}_` : name
    add(shown, ([a, b]) => binary(rt, op, a, b))
    add(`i${name}`, ([a, b]) => inplace(rt, op, a, b))
  }
  for (const [op, { method }] of Object.entries(COMPARISONS) as [
    CompareOperator,
    { method: string },
  ][])
    add(method.replaceAll('_', ''), ([a, b]) => compare(rt, op, a, b))
  for (const [op, name] of Object.entries(UNARY_NAMES) as [UnaryOperator, string][])
    add(name.replaceAll('_', ''), ([a]) => unary(rt, op, a))
  for (const fn of functions({
    'getitem a b': ([a, b]) => getItem(rt, a, b),
    'setitem a b c': ([a, b, c]) => {
      setItem(rt, a, b, c)
      return null
    },
    'delitem a b': ([a, b]) => {
      deleteItem(rt, a, b)
      return null
    },
    'contains a b': ([a, b]) => contains(rt, a, b),
    'is_ a b': ([a, b]) => identical(a, b),
    'is_not a b': ([a, b]) => !identical(a, b),
    'not_ a': ([a]) => !truth(rt, a),
    'truth a': ([a]) => truth(rt, a),
    'itemgetter *args': (names) => getter(names, (object, name) => getItem(rt, object, name)),
    'attrgetter *args': (names) => getter(names, (object, name) => attribute(rt, object, name)),
  }))
    members.set(fn.name, fn)
  return new Module('operator', members)
}
