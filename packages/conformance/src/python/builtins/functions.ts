/** The builtin functions. */

import { isNumber, modulo, roundEven, toBigInt, truncate } from '../runtime/arithmetic.ts'
import {
  deleteAttribute,
  findAttribute,
  getAttribute,
  setAttribute,
} from '../runtime/attributes.ts'
import { call, isCallable } from '../runtime/call.ts'
import { compare } from '../runtime/compare.ts'
import { length, toIndex, truth } from '../runtime/convert.ts'
import { hash } from '../runtime/dunders.ts'
import { isException } from '../runtime/errors.ts'
import { iterate, toList, values } from '../runtime/iterate.ts'
import { binary } from '../runtime/operators.ts'
import { format, repr, str } from '../runtime/repr.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { isInstanceOf, ownSpecial, special, typeName } from '../runtime/types.ts'
import { divideEven, fixed, scaled } from '../text/decimal.ts'
import { quote } from '../text/quote.ts'
import { Instance, PyClass } from '../values/classes.ts'
import { Dict } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { identity } from '../values/hash.ts'
import {
  ELLIPSIS,
  Module,
  NOT_IMPLEMENTED,
  PyIterator,
  Tuple,
  type Value,
} from '../values/value.ts'
import { sortList } from './containers.ts'
import { functions } from './methods.ts'

/** Do one of the classes hold, which may be nested in tuples? */
function anyClass(value: Value, holds: (type: PyClass) => boolean, where: string): boolean {
  if (value instanceof PyClass) return holds(value)
  if (value instanceof Tuple) return value.items.some((item) => anyClass(item, holds, where))
  throw raise('TypeError', `${where} arg 2 must be a type, a tuple of types, or a union`)
}

function getAttr(rt: Runtime, [object, name, fallback]: Value[]): Value {
  if (typeof name !== 'string') throw raise('TypeError', 'attribute name must be string')
  if (fallback === undefined) return getAttribute(rt, object, name)
  try {
    return findAttribute(rt, object, name) ?? fallback
  } catch (error) {
    if (isException(rt, error, 'AttributeError')) return fallback
    throw error
  }
}

function next(rt: Runtime, [iterator, fallback]: Value[]): Value {
  if (iterator instanceof PyIterator) {
    const value = iterator.next() ?? fallback
    if (value === undefined) throw raise('StopIteration')
    return value
  }
  const method = ownSpecial(iterator, '__next__')
  if (!method) throw raise('TypeError', `'${typeName(rt, iterator)}' object is not an iterator`)
  try {
    return method()
  } catch (error) {
    if (fallback !== undefined && isException(rt, error, 'StopIteration')) return fallback
    throw error
  }
}

/** `iter(callable, sentinel)`. */
function* untilSentinel(rt: Runtime, fn: Value, sentinel: Value): Generator<Value> {
  for (;;) {
    const value = call(rt, fn, [])
    if (truth(rt, compare(rt, '==', value, sentinel))) return
    yield value
  }
}

function round(rt: Runtime, [value, digits = null]: Value[]): Value {
  if (!isNumber(value)) {
    const method = special(rt, value, '__round__')
    if (method) return digits === null ? method() : method(digits)
    throw raise('TypeError', `type ${typeName(rt, value)} doesn't define __round__ method`)
  }
  if (digits === null)
    return typeof value === 'number' ? truncate(roundEven(value)) : toBigInt(value)
  const places = Number(toIndex(rt, digits))
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || places > 323) return value
    const magnitude =
      places >= 0 ? Number(fixed(value, places)) : Number(scaled(value, places)) * 10 ** -places
    return value < 0 || Object.is(value, -0) ? -magnitude : magnitude
  }
  const int = toBigInt(value)
  if (places >= 0) return int
  const unit = 10n ** BigInt(-places)
  return (int < 0n ? -1n : 1n) * divideEven(int < 0n ? -int : int, unit) * unit
}

/** `min` and `max`. */
function extreme(
  rt: Runtime,
  name: string,
  op: '<' | '>',
  args: Value[],
  named: ReadonlyMap<string, Value>,
): Value {
  if (args.length === 0) throw raise('TypeError', `${name} expected at least 1 argument, got 0`)
  const key = named.get('key') ?? null
  const keyed = (value: Value): Value => (key === null ? value : call(rt, key, [value]))
  const candidates = args.length === 1 ? toList(rt, args[0]) : args
  if (candidates.length === 0) {
    const fallback = named.get('default')
    if (fallback === undefined) throw raise('ValueError', `${name}() arg is an empty sequence`)
    return fallback
  }
  let [best] = candidates
  let bestKey = keyed(best)
  for (const candidate of candidates.slice(1)) {
    const candidateKey = keyed(candidate)
    if (!truth(rt, compare(rt, op, candidateKey, bestKey))) continue
    best = candidate
    bestKey = candidateKey
  }
  return best
}

function sum(rt: Runtime, [iterable, start = 0n]: Value[]): Value {
  if (typeof start === 'string')
    throw raise('TypeError', "sum() can't sum strings [use ''.join(seq) instead]")
  let total: Value = start
  for (const value of values(rt, iterable)) total = binary(rt, '+', total, value)
  return total
}

function absolute(rt: Runtime, value: Value): Value {
  if (typeof value === 'number') return Math.abs(value)
  if (isNumber(value)) return toBigInt(value) < 0n ? -toBigInt(value) : toBigInt(value)
  const method = special(rt, value, '__abs__')
  if (method) return method()
  throw raise('TypeError', `bad operand type for abs(): '${typeName(rt, value)}'`)
}

/** `pow(base, exponent, modulus)`. */
function power(rt: Runtime, [base, exponent, modulus]: Value[]): Value {
  if (modulus === undefined) return binary(rt, '**', base, exponent)
  const m = toIndex(rt, modulus)
  let factor = modulo(toIndex(rt, base), m)
  let left = toIndex(rt, exponent)
  if (left < 0n) {
    factor = inverse(factor, m)
    left = -left
  }
  let result = modulo(1n, m)
  for (; left > 0n; left >>= 1n) {
    if (left & 1n) result = modulo(result * factor, m)
    factor = modulo(factor * factor, m)
  }
  return result
}

/** Extended Euclid. */
function inverse(value: bigint, m: bigint): bigint {
  let [r, s, x, y] = [m, value, 0n, 1n]
  while (s !== 0n) {
    const quotient = r / s
    ;[r, s] = [s, r - quotient * s]
    ;[x, y] = [y, x - quotient * y]
  }
  if (r !== 1n) throw raise('ValueError', 'base is not invertible for the given modulus')
  return modulo(x, m)
}

function based(rt: Runtime, value: Value, radix: number, prefix: string): string {
  const int = toIndex(rt, value)
  return `${int < 0n ? '-' : ''}${prefix}${(int < 0n ? -int : int).toString(radix)}`
}

/** `print(*values, sep, end)`. */
function print(rt: Runtime, items: Value[], named: ReadonlyMap<string, Value>): void {
  const option = (name: string, fallback: string): string => {
    const value = named.get(name) ?? fallback
    if (typeof value === 'string') return value
    throw raise('TypeError', `${name} must be None or a string, not ${typeName(rt, value)}`)
  }
  rt.write(items.map((item) => str(rt, item)).join(option('sep', ' ')) + option('end', '\n'))
}

/** `vars(object)`. */
function variables(rt: Runtime, object: Value): Value {
  if (object instanceof Instance) return object.attributes
  if (object instanceof Module) return new Dict(object.members)
  return getAttribute(rt, object, '__dict__')
}

const character = (code: bigint): string => {
  if (code < 0n || code >= 0x110000n) throw raise('ValueError', 'chr() arg not in range(0x110000)')
  return String.fromCodePoint(Number(code))
}

function ordinal(rt: Runtime, value: Value): bigint {
  if (typeof value !== 'string')
    throw raise('TypeError', `ord() expected string of length 1, but ${typeName(rt, value)} found`)
  if ([...value].length !== 1)
    throw raise(
      'TypeError',
      `ord() expected a character, but string of length ${[...value].length} found`,
    )
  return BigInt(value.codePointAt(0)!)
}

export function defineFunctions(rt: Runtime): void {
  const table = functions({
    'len object': ([object]) => BigInt(length(rt, object)),
    'isinstance object class': ([object, type]) =>
      anyClass(type, (candidate) => isInstanceOf(rt, object, candidate), 'isinstance()'),
    'issubclass class base': ([type, base]) => {
      if (!(type instanceof PyClass)) throw raise('TypeError', 'issubclass() arg 1 must be a class')
      return anyClass(base, (candidate) => type.isSubclassOf(candidate), 'issubclass()')
    },
    'getattr object name default=': (args) => getAttr(rt, args),
    'hasattr object name': ([object, name]) =>
      getAttr(rt, [object, name, NOT_IMPLEMENTED]) !== NOT_IMPLEMENTED,
    'setattr object name value': ([object, name, value]) => {
      setAttribute(rt, object, String(name), value)
      return null
    },
    'delattr object name': ([object, name]) => {
      deleteAttribute(rt, object, String(name))
      return null
    },
    'repr object': ([object]) => repr(rt, object),
    'ascii object': ([object]) =>
      typeof object === 'string' ? quote(object, true) : repr(rt, object),
    'format value spec=': ([value, spec = '']) => format(rt, value, str(rt, spec)),
    'id object': ([object]) =>
      typeof object === 'object' && object !== null ? BigInt(identity(object)) : hash(object),
    'hash object': ([object]) => hash(object),
    'callable object': ([object]) => isCallable(rt, object),
    'iter object sentinel=': ([object, sentinel]) => {
      if (sentinel !== undefined)
        return new PyIterator(untilSentinel(rt, object, sentinel), 'callable_iterator')
      if (object instanceof PyIterator) return object
      return ownSpecial(object, '__iter__')?.() ?? new PyIterator(iterate(rt, object), 'iterator')
    },
    'next iterator default=': (args) => next(rt, args),
    'abs x': ([x]) => absolute(rt, x),
    'round number ndigits=': (args) => round(rt, args),
    'sum iterable start=': (args) => sum(rt, args),
    'min *args **': (args, named) => extreme(rt, 'min', '<', args, named),
    'max *args **': (args, named) => extreme(rt, 'max', '>', args, named),
    'sorted iterable * key= reverse=': ([iterable, key, reverse]) => {
      const list = toList(rt, iterable)
      sortList(rt, list, key, reverse)
      return list
    },
    'any iterable': ([iterable]) => {
      for (const value of values(rt, iterable)) if (truth(rt, value)) return true
      return false
    },
    'all iterable': ([iterable]) => {
      for (const value of values(rt, iterable)) if (!truth(rt, value)) return false
      return true
    },
    'divmod a b': ([a, b]) => new Tuple([binary(rt, '//', a, b), binary(rt, '%', a, b)]),
    'pow base exp mod=': (args) => power(rt, args),
    'chr code': ([code]) => character(toIndex(rt, code)),
    'ord character': ([value]) => ordinal(rt, value),
    'bin number': ([number]) => based(rt, number, 2, '0b'),
    'oct number': ([number]) => based(rt, number, 8, '0o'),
    'hex number': ([number]) => based(rt, number, 16, '0x'),
    'vars object': ([object]) => variables(rt, object),
    'print *args **': (items, named) => {
      print(rt, items, named)
      return null
    },
  })
  for (const fn of table) rt.builtins.set(fn.name, fn)
  rt.builtins.set('NotImplemented', NOT_IMPLEMENTED)
  rt.builtins.set('Ellipsis', ELLIPSIS)
  rt.builtins.set('__name__', '__main__')
}
