import type { CompareOperator, Comparison } from '../syntax/ast.ts'
import { Instance } from '../values/classes.ts'
import { Dict, DictView, PySet } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { BoundMethod } from '../values/functions.ts'
import {
  isForeign,
  isList,
  NOT_IMPLEMENTED,
  Range,
  Slice,
  Tuple,
  type Value,
} from '../values/value.ts'
import { compareNumbers, isNumber } from './arithmetic.ts'
import { indexOrUndefined, truth } from './convert.ts'
import { values } from './iterate.ts'
import type { Runtime } from './runtime.ts'
import { ownSpecial, typeName, underlying } from './types.ts'

interface Rule {
  /** The special method, and that of the other operand. */
  method: string
  reflected: string
  holds(order: number): boolean
}

export const COMPARISONS: { [op in CompareOperator]: Rule } = {
  '==': { method: '__eq__', reflected: '__eq__', holds: (order) => order === 0 },
  '!=': { method: '__ne__', reflected: '__ne__', holds: (order) => order !== 0 },
  '<': { method: '__lt__', reflected: '__gt__', holds: (order) => order < 0 },
  '<=': { method: '__le__', reflected: '__ge__', holds: (order) => order <= 0 },
  '>': { method: '__gt__', reflected: '__lt__', holds: (order) => order > 0 },
  '>=': { method: '__ge__', reflected: '__le__', holds: (order) => order >= 0 },
}

/** `a is b`: numbers and strings are identical where they are the same value of the same type. */
export const identical = (a: Value, b: Value): boolean => Object.is(a, b)

/** `a == b` as a truth. */
export function equal(rt: Runtime, a: Value, b: Value): boolean {
  if (identical(a, b) && a === a) return true
  return truth(rt, compare(rt, '==', a, b))
}

const isEquality = (op: CompareOperator): boolean => op === '==' || op === '!='

/** A comparison; the answer need not be a `bool`. */
export function compare(rt: Runtime, op: CompareOperator, a: Value, b: Value): Value {
  if (isNumber(a) && isNumber(b)) return COMPARISONS[op].holds(compareNumbers(a, b))
  const own = bySpecialMethod(rt, op, a, b)
  if (own !== undefined) return own
  const x = underlying(a)
  const y = underlying(b)
  if (x !== a || y !== b) return compare(rt, op, x, y)
  if (isForeign(a) || isForeign(b)) {
    const result = rt.host.compare?.(op, a, b)
    if (result !== undefined && result !== NOT_IMPLEMENTED) return result
  }
  if (isEquality(op)) return sameValue(rt, a, b) === (op === '==')
  const result = ordered(rt, op, a, b)
  if (result === undefined)
    throw raise(
      'TypeError',
      `'${op}' not supported between instances of '${typeName(rt, a)}' and '${typeName(rt, b)}'`,
    )
  return result
}

function bySpecialMethod(rt: Runtime, op: CompareOperator, a: Value, b: Value): Value | undefined {
  if (!(a instanceof Instance) && !(b instanceof Instance)) return undefined
  const { method, reflected } = COMPARISONS[op]
  const attempts = [
    [ownSpecial(a, method), b],
    [ownSpecial(b, reflected), a],
  ] as const
  for (const [attempt, other] of attempts) {
    const result = attempt?.(other)
    if (result !== undefined && result !== NOT_IMPLEMENTED) return result
  }
  // `!=` is the opposite of `==` unless it is written out.
  if (op !== '!=') return undefined
  const same = bySpecialMethod(rt, '==', a, b)
  return same === undefined ? undefined : !truth(rt, same)
}

const sequence = (value: Value): readonly Value[] | undefined =>
  isList(value) ? value : value instanceof Tuple ? value.items : undefined

function sameValue(rt: Runtime, a: Value, b: Value): boolean {
  const x = sequence(a)
  const y = sequence(b)
  if (x && y)
    return isList(a) === isList(b) && x.length === y.length && x.every((v, i) => equal(rt, v, y[i]))
  if (a instanceof Dict && b instanceof Dict) return sameDict(rt, a, b)
  const [s, t] = [asSet(a), asSet(b)]
  if (s && t) return s.size === t.size && subset(s, t)
  if (a instanceof Range && b instanceof Range) {
    const same = a.length === b.length && (a.length === 0 || a.start === b.start)
    return same && (a.length < 2 || a.step === b.step)
  }
  if (a instanceof Slice && b instanceof Slice)
    return equal(rt, a.start, b.start) && equal(rt, a.stop, b.stop) && equal(rt, a.step, b.step)
  if (a instanceof BoundMethod && b instanceof BoundMethod)
    return a.inner === b.inner && identical(a.self, b.self)
  return a === b
}

function sameDict(rt: Runtime, a: Dict, b: Dict): boolean {
  if (a.size !== b.size) return false
  if (a.typeName === 'OrderedDict' && b.typeName === 'OrderedDict') {
    const keys = [...b.keys()]
    if (![...a.keys()].every((key, i) => equal(rt, key, keys[i]))) return false
  }
  for (const [key, value] of a.entries()) {
    const other = b.get(key)
    if (other === undefined || !equal(rt, value, other)) return false
  }
  return true
}

/** Sets and key views compare as sets. */
export function asSet(value: Value): PySet | undefined {
  if (value instanceof PySet) return value
  return value instanceof DictView && value.part === 'keys'
    ? new PySet(value.dict.keys())
    : undefined
}

const subset = (a: PySet, b: PySet): boolean => [...a].every((value) => b.has(value))

/** `<` and the like; undefined where the operands have no order. */
function ordered(rt: Runtime, op: CompareOperator, a: Value, b: Value): Value | undefined {
  const { holds } = COMPARISONS[op]
  if (typeof a === 'string' && typeof b === 'string') return holds(a < b ? -1 : a > b ? 1 : 0)
  const [s, t] = [asSet(a), asSet(b)]
  if (s && t) {
    const [small, large] = op === '<' || op === '<=' ? [s, t] : [t, s]
    return subset(small, large) && (op === '<=' || op === '>=' || small.size < large.size)
  }
  const x = sequence(a)
  const y = sequence(b)
  if (!x || !y || isList(a) !== isList(b)) return undefined
  const shorter = Math.min(x.length, y.length)
  for (let i = 0; i < shorter; i++) if (!equal(rt, x[i], y[i])) return compare(rt, op, x[i], y[i])
  return holds(x.length - y.length)
}

/** `value in container`. */
export function contains(rt: Runtime, container: Value, value: Value): boolean {
  const own = ownSpecial(container, '__contains__')
  if (own) return truth(rt, own(value))
  if (typeof container === 'string') {
    if (typeof value !== 'string')
      throw raise(
        'TypeError',
        `'in <string>' requires string as left operand, not ${typeName(rt, value)}`,
      )
    return container.includes(value)
  }
  if (container instanceof Dict || container instanceof PySet) return container.has(value)
  if (container instanceof DictView && container.part === 'keys') return container.dict.has(value)
  if (container instanceof Range) {
    const index = indexOrUndefined(rt, value)
    if (index === undefined || container.length === 0) return false
    const { start, step } = container
    const last = container.at(container.length - 1)
    const inside = step > 0n ? index >= start && index <= last : index <= start && index >= last
    return inside && (index - start) % step === 0n
  }
  if (isForeign(container)) {
    const result = rt.host.contains?.(container, value)
    if (result !== undefined) return result
  } else if (!ownSpecial(container, '__iter__')) {
    const inner = underlying(container)
    if (inner !== container) return contains(rt, inner, value)
  }
  let elements: Iterable<Value>
  try {
    elements = values(rt, container)
    for (const element of elements) if (equal(rt, element, value)) return true
  } catch (error) {
    throw isNotIterable(error, rt, container)
      ? raise('TypeError', `argument of type '${typeName(rt, container)}' is not iterable`)
      : error
  }
  return false
}

const isNotIterable = (error: unknown, rt: Runtime, container: Value): boolean =>
  error instanceof Error &&
  error.message.endsWith(`'${typeName(rt, container)}' object is not iterable`)

/** A link of a chain of comparisons. */
export function comparison(rt: Runtime, op: Comparison, left: Value, right: Value): Value {
  switch (op) {
    case 'is':
      return identical(left, right)
    case 'is not':
      return !identical(left, right)
    case 'in':
      return contains(rt, right, left)
    case 'not in':
      return !contains(rt, right, left)
    default:
      return compare(rt, op, left, right)
  }
}
