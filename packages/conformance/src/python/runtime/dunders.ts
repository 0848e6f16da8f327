/**
 * Special methods of values whose operations are built in: `x.__add__(y)` is `x + y`, for lists and
 * numbers as for objects of the host.
 */
import type { BinaryOperator, CompareOperator, UnaryOperator } from '../syntax/ast.ts'
import { Dict, DictView, PySet } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { NativeFunction } from '../values/functions.ts'
import { hashKey, identity } from '../values/hash.ts'
import {
  isForeign,
  isList,
  type Kwargs,
  NOT_IMPLEMENTED,
  PyIterator,
  Range,
  Tuple,
  type Value,
} from '../values/value.ts'
import { isNumber } from './arithmetic.ts'
import { call, isCallable } from './call.ts'
import { COMPARISONS, compare, contains } from './compare.ts'
import { length, truth } from './convert.ts'
import { deleteItem, getItem, setItem } from './items.ts'
import { iterate } from './iterate.ts'
import { binaryOrUndefined, inplace, OPERATOR_NAMES, UNARY_NAMES, unary } from './operators.ts'
import { format, repr, str } from './repr.ts'
import type { Runtime } from './runtime.ts'

interface Dunder {
  exists?(rt: Runtime, self: Value): boolean
  run(rt: Runtime, self: Value, args: Value[], kwargs: Kwargs): Value
}

const isSized = (rt: Runtime, self: Value): boolean =>
  isForeign(self) ? rt.host.length?.(self) !== undefined : isContainer(self)

const isContainer = (self: Value): boolean =>
  typeof self === 'string' ||
  isList(self) ||
  [Tuple, Dict, PySet, DictView, Range].some((type) => self instanceof type)

const isIterable = (rt: Runtime, self: Value): boolean =>
  isForeign(self) ? rt.host.iterate !== undefined : isContainer(self) || self instanceof PyIterator

const hasItems = (_: Runtime, self: Value): boolean =>
  isForeign(self) || (isContainer(self) && !(self instanceof PySet || self instanceof DictView))

/** `hash(value)`: equal values have equal hashes; which ones is nobody's business. */
export function hash(value: Value): bigint {
  const key = hashKey(value)
  if (typeof key === 'bigint') return key
  if (typeof key === 'number')
    return Number.isSafeInteger(key) ? BigInt(key) : textHash(String(key))
  if (typeof key === 'string') return textHash(key)
  return typeof key === 'object' && key !== null ? BigInt(identity(key)) : 0n
}

/** FNV-1a. */
function textHash(text: string): bigint {
  let result = 0x811c9dc5
  for (let i = 0; i < text.length; i++)
    result = Math.imul(result ^ text.charCodeAt(i), 0x01000193) >>> 0
  return BigInt(result)
}

const DUNDERS: { [name: string]: Dunder } = {
  __len__: { exists: isSized, run: (rt, self) => BigInt(length(rt, self)) },
  __bool__: { run: (rt, self) => truth(rt, self) },
  __iter__: {
    exists: isIterable,
    run: (rt, self) => new PyIterator(iterate(rt, self), 'iterator'),
  },
  __next__: {
    exists: (_, self) => self instanceof PyIterator,
    run: (_, self) => {
      const value = self instanceof PyIterator ? self.next() : undefined
      if (value === undefined) throw raise('StopIteration')
      return value
    },
  },
  __contains__: { exists: isIterable, run: (rt, self, [value]) => contains(rt, self, value) },
  __getitem__: { exists: hasItems, run: (rt, self, [index]) => getItem(rt, self, index) },
  __setitem__: {
    exists: hasItems,
    run: (rt, self, [index, value]) => {
      setItem(rt, self, index, value)
      return null
    },
  },
  __delitem__: {
    exists: hasItems,
    run: (rt, self, [index]) => {
      deleteItem(rt, self, index)
      return null
    },
  },
  __call__: { exists: isCallable, run: (rt, self, args, kwargs) => call(rt, self, args, kwargs) },
  __repr__: { run: (rt, self) => repr(rt, self) },
  __str__: { run: (rt, self) => str(rt, self) },
  __format__: { run: (rt, self, [spec]) => format(rt, self, String(spec)) },
  __hash__: { run: (_, self) => hash(self) },
}

const notImplemented = (value: Value | undefined): Value => value ?? NOT_IMPLEMENTED

/** Sets, dicts and strings have some of the operators: asking them is trying. */
const mayCompute = (rt: Runtime, self: Value): boolean =>
  isForeign(self) ? rt.host.binary !== undefined : isNumber(self) || isContainer(self)

for (const [op, name] of Object.entries(OPERATOR_NAMES) as [BinaryOperator, string][]) {
  DUNDERS[`__${name}__`] = {
    exists: mayCompute,
    run: (rt, self, [other]) => notImplemented(binaryOrUndefined(rt, op, self, other)),
  }
  DUNDERS[`__r${name}__`] = {
    exists: mayCompute,
    run: (rt, self, [other]) => notImplemented(binaryOrUndefined(rt, op, other, self)),
  }
  DUNDERS[`__i${name}__`] = {
    exists: mayCompute,
    run: (rt, self, [other]) => inplace(rt, op, self, other),
  }
}
for (const [op, { method }] of Object.entries(COMPARISONS) as [
  CompareOperator,
  { method: string },
][])
  DUNDERS[method] = { run: (rt, self, [other]) => compare(rt, op, self, other) }
for (const [op, name] of Object.entries(UNARY_NAMES) as [UnaryOperator, string][])
  DUNDERS[name] = { exists: mayCompute, run: (rt, self) => unary(rt, op, self) }

/** The special method of a value, bound; undefined where the value has none. */
export function dunder(rt: Runtime, self: Value, name: string): NativeFunction | undefined {
  const found = Object.hasOwn(DUNDERS, name) ? DUNDERS[name] : undefined
  if (!found || found.exists?.(rt, self) === false) return undefined
  return new NativeFunction(name, (args, kwargs) => found.run(rt, self, args, kwargs))
}

/** As a function of `self`: `int.__add__`. */
export function unboundDunder(rt: Runtime, name: string): NativeFunction | undefined {
  const found = Object.hasOwn(DUNDERS, name) ? DUNDERS[name] : undefined
  return (
    found &&
    new NativeFunction(name, ([self, ...args], kwargs) => found.run(rt, self, args, kwargs), true)
  )
}
