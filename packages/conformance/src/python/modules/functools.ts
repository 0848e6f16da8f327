import { functions } from '../builtins/methods.ts'
import { findAttribute, setAttribute } from '../runtime/attributes.ts'
import { call } from '../runtime/call.ts'
import { values } from '../runtime/iterate.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { typeName } from '../runtime/types.ts'
import { CachedProperty } from '../values/classes.ts'
import { Dict } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { NativeFunction } from '../values/functions.ts'
import { Callable, type Kwargs, Module, Tuple, type Value } from '../values/value.ts'

const FACTS = ['__name__', '__qualname__', '__doc__', '__module__']

/** Makes `wrapper` look like `wrapped`. */
function update(rt: Runtime, wrapper: Value, wrapped: Value): Value {
  for (const name of FACTS) {
    const fact = findAttribute(rt, wrapped, name)
    if (fact !== undefined) setAttribute(rt, wrapper, name, fact)
  }
  setAttribute(rt, wrapper, '__wrapped__', wrapped)
  return wrapper
}

function partial(rt: Runtime, fn: Value, first: Value[], named: Kwargs): NativeFunction {
  return new NativeFunction('partial', (args, kwargs) =>
    call(rt, fn, [...first, ...args], new Map([...named, ...kwargs])),
  )
}

/** Remembers results by arguments. */
function cached(rt: Runtime, fn: Value): NativeFunction {
  const results = new Dict()
  const run = new NativeFunction(
    'cache',
    (args, kwargs) => {
      const named = [...kwargs].map(([name, value]) => new Tuple([name, value]))
      const key = new Tuple([...args, new Tuple(named)])
      const known = results.get(key)
      if (known !== undefined) return known
      const made = call(rt, fn, args, kwargs)
      results.set(key, made)
      return made
    },
    true,
  )
  update(rt, run, fn)
  return run
}

function reduce(rt: Runtime, [fn, iterable, initial]: Value[]): Value {
  let total = initial
  for (const value of values(rt, iterable))
    total = total === undefined ? value : call(rt, fn, [total, value])
  if (total === undefined)
    throw raise('TypeError', 'reduce() of empty iterable with no initial value')
  return total
}

function asCallable(rt: Runtime, value: Value): Callable {
  if (value instanceof Callable) return value
  throw raise('TypeError', `'${typeName(rt, value)}' object is not callable`)
}

export function functoolsModule(rt: Runtime): Module {
  const table = functions({
    'partial func *args **': ([fn, ...first], named) => partial(rt, fn, first, named),
    'reduce function iterable initial=': (args) => reduce(rt, args),
    'wraps wrapped': ([wrapped]) =>
      new NativeFunction('wraps', ([wrapper]) => update(rt, wrapper, wrapped)),
    'update_wrapper wrapper wrapped': ([wrapper, wrapped]) => update(rt, wrapper, wrapped),
    'cache function': ([fn]) => cached(rt, fn),
    // With and without parentheses; that old results are given up is nothing to see.
    'lru_cache maxsize= typed=': ([size]) =>
      size instanceof Callable
        ? cached(rt, size)
        : new NativeFunction('lru_cache', ([fn]) => cached(rt, fn)),
    'cached_property function': ([fn]) => new CachedProperty(asCallable(rt, fn)),
  })
  return new Module(
    'functools',
    table.map((fn) => [fn.name, fn]),
  )
}
