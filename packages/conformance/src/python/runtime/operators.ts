import type { BinaryOperator, UnaryOperator } from '../syntax/ast.ts'
import { percentFormat } from '../text/percent.ts'
import { Instance } from '../values/classes.ts'
import { Dict, PySet } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { isForeign, isList, NOT_IMPLEMENTED, Tuple, type Value } from '../values/value.ts'
import { binaryNumber, isNumber, truncate, unaryNumber } from './arithmetic.ts'
import { asSet } from './compare.ts'
import { floatOrUndefined, indexOrUndefined } from './convert.ts'
import { getItem } from './items.ts'
import { toList } from './iterate.ts'
import { repr, str } from './repr.ts'
import type { Runtime } from './runtime.ts'
import { ownSpecial, typeName, underlying } from './types.ts'

/** The special methods of an operator are `__add__`, `__radd__` and `__iadd__`. */
export const OPERATOR_NAMES: { [op in BinaryOperator]: string } = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'truediv',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
  '@': 'matmul',
  '<<': 'lshift',
  '>>': 'rshift',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
}

export const UNARY_NAMES: { [op in UnaryOperator]: string } = {
  '-': '__neg__',
  '+': '__pos__',
  '~': '__invert__',
}

const known = (result: Value | undefined): Value | undefined =>
  result === NOT_IMPLEMENTED ? undefined : result

/** `left op right`. */
export function binary(rt: Runtime, op: BinaryOperator, left: Value, right: Value): Value {
  const result = binaryOrUndefined(rt, op, left, right)
  if (result === undefined) throw unsupported(rt, op, op, left, right)
  return result
}

export function binaryOrUndefined(
  rt: Runtime,
  op: BinaryOperator,
  left: Value,
  right: Value,
): Value | undefined {
  if (isNumber(left) && isNumber(right)) return binaryNumber(op, left, right)
  if (left instanceof Instance || right instanceof Instance) {
    const result = bySpecialMethod(op, left, right)
    if (result !== undefined) return result
    const x = underlying(left)
    const y = underlying(right)
    if (x !== left || y !== right) return binaryOrUndefined(rt, op, x, y)
  }
  // Text takes whatever is on its right.
  const isText = typeof left === 'string' && op === '%'
  if (!isText && (isForeign(left) || isForeign(right))) {
    const result = known(rt.host.binary?.(op, left, right))
    if (result !== undefined) return result
  }
  return CONTAINER_RULES[op]?.(rt, left, right)
}

function bySpecialMethod(op: BinaryOperator, left: Value, right: Value): Value | undefined {
  const name = OPERATOR_NAMES[op]
  const attempts = [
    () => known(ownSpecial(left, `__${name}__`)?.(right)),
    () => known(ownSpecial(right, `__r${name}__`)?.(left)),
  ]
  // The more special class goes first.
  if (
    left instanceof Instance &&
    right instanceof Instance &&
    left.type !== right.type &&
    right.type.isSubclassOf(left.type)
  )
    attempts.reverse()
  return attempts[0]() ?? attempts[1]()
}

/** `target op= value`: the new value of the target. */
export function inplace(rt: Runtime, op: BinaryOperator, target: Value, value: Value): Value {
  const own = known(ownSpecial(target, `__i${OPERATOR_NAMES[op]}__`)?.(value))
  if (own !== undefined) return own
  const result = isForeign(target)
    ? known(rt.host.inplace?.(op, target, value))
    : INPLACE_RULES[op]?.(rt, target, value)
  if (result !== undefined) return result
  const fresh = binaryOrUndefined(rt, op, target, value)
  if (fresh === undefined) throw unsupported(rt, op, `${op}=`, target, value)
  return fresh
}

function unsupported(rt: Runtime, op: string, shown: string, left: Value, right: Value): Error {
  const [a, b] = [typeName(rt, left), typeName(rt, right)]
  if (op === '+' && (typeof left === 'string' || isList(left) || left instanceof Tuple))
    return raise('TypeError', `can only concatenate ${a} (not "${b}") to ${a}`)
  const sized = [left, right].find((v) => typeof v === 'string' || isList(v) || v instanceof Tuple)
  if (op === '*' && sized !== undefined)
    return raise(
      'TypeError',
      `can't multiply sequence by non-int of type '${sized === left ? b : a}'`,
    )
  const label = op === '**' ? '** or pow()' : shown
  return raise('TypeError', `unsupported operand type(s) for ${label}: '${a}' and '${b}'`)
}

/** `-value`, `+value`, `~value`. */
export function unary(rt: Runtime, op: UnaryOperator, value: Value): Value {
  const result = isNumber(value)
    ? unaryNumber(op, value)
    : isForeign(value)
      ? known(rt.host.unary?.(op, value))
      : ownSpecial(value, UNARY_NAMES[op])?.()
  if (result !== undefined) return result
  const inner = underlying(value)
  if (inner !== value) return unary(rt, op, inner)
  throw raise('TypeError', `bad operand type for unary ${op}: '${typeName(rt, value)}'`)
}

type ContainerRule = (rt: Runtime, left: Value, right: Value) => Value | undefined

/** `kind` stays only where it is closed under sums, products and slices. */
export const sameKind = (tuple: Tuple, items: readonly Value[]): Tuple =>
  new Tuple(items, tuple.kind?.closed ? tuple.kind : undefined)

function concatenate(_: Runtime, left: Value, right: Value): Value | undefined {
  if (typeof left === 'string' && typeof right === 'string') return left + right
  if (isList(left) && isList(right)) return [...left, ...right]
  if (left instanceof Tuple && right instanceof Tuple)
    return sameKind(left, [...left.items, ...right.items])
  return undefined
}

function repeat(rt: Runtime, left: Value, right: Value): Value | undefined {
  for (const [container, factor] of [
    [left, right],
    [right, left],
  ]) {
    const isSequence =
      typeof container === 'string' || isList(container) || container instanceof Tuple
    const index = isSequence ? indexOrUndefined(rt, factor) : undefined
    if (index === undefined) continue
    const count = Math.max(Number(index), 0)
    if (typeof container === 'string') return container.repeat(count)
    const copies = (items: readonly Value[]): Value[] =>
      Array.from({ length: count }, () => items).flat()
    if (isList(container)) return copies(container)
    if (container instanceof Tuple) return sameKind(container, copies(container.items))
  }
  return undefined
}

function interpolate(rt: Runtime, left: Value, right: Value): Value | undefined {
  if (typeof left !== 'string') return undefined
  const values = right instanceof Tuple ? right.items : [right]
  let used = 0
  const number = (value: Value, code: string): number => {
    const result = floatOrUndefined(rt, value)
    if (result === undefined)
      throw raise(
        'TypeError',
        code === 'd' || code === 'i'
          ? `%${code} format: a real number is required, not ${typeName(rt, value)}`
          : `must be real number, not ${typeName(rt, value)}`,
      )
    return result
  }
  const text = percentFormat<Value>(left, {
    next: () => {
      if (used >= values.length) throw raise('TypeError', 'not enough arguments for format string')
      return values[used++]
    },
    named: (name) => {
      used = values.length
      return getItem(rt, right, name)
    },
    str: (value) => str(rt, value),
    repr: (value) => repr(rt, value),
    int: (value, code) => indexOrUndefined(rt, value) ?? truncate(number(value, code)),
    float: number,
  })
  if (used < values.length && !(underlying(right) instanceof Dict))
    throw raise('TypeError', 'not all arguments converted during string formatting')
  return text
}

const setRule =
  (combine: (a: PySet, b: PySet) => Iterable<Value>): ContainerRule =>
  (_, left, right) => {
    const [a, b] = [asSet(left), asSet(right)]
    return a && b ? new PySet(combine(a, b), a.typeName) : undefined
  }

const union: ContainerRule = (rt, left, right) =>
  left instanceof Dict && right instanceof Dict
    ? new Dict([...left.entries(), ...right.entries()], left.typeName)
    : setRule((a, b) => [...a, ...b])(rt, left, right)

const CONTAINER_RULES: { [op in BinaryOperator]?: ContainerRule } = {
  '+': concatenate,
  '*': repeat,
  '%': interpolate,
  '|': union,
  '&': setRule((a, b) => [...a].filter((value) => b.has(value))),
  '-': setRule((a, b) => [...a].filter((value) => !b.has(value))),
  '^': setRule((a, b) => [
    ...[...a].filter((value) => !b.has(value)),
    ...[...b].filter((value) => !a.has(value)),
  ]),
}

function replaceSet(set: PySet, values: Iterable<Value>): PySet {
  const fresh = [...values]
  set.clear()
  for (const value of fresh) set.add(value)
  return set
}

const inplaceSet =
  (op: '&' | '-' | '^'): ContainerRule =>
  (rt, target, value) => {
    if (!(target instanceof PySet) || target.typeName === 'frozenset') return undefined
    const result = CONTAINER_RULES[op]?.(rt, target, value)
    return result instanceof PySet ? replaceSet(target, result) : undefined
  }

/** Lists, sets and dicts change in place; all else gets a new value. */
const INPLACE_RULES: { [op in BinaryOperator]?: ContainerRule } = {
  '+': (rt, target, value) => {
    if (!isList(target)) return undefined
    target.push(...toList(rt, value))
    return target
  },
  '*': (rt, target, value) => {
    if (!isList(target)) return undefined
    const copies = repeat(rt, target, value)
    if (copies === undefined || !isList(copies)) return undefined
    target.splice(0, target.length, ...copies)
    return target
  },
  '|': (_, target, value) => {
    if (target instanceof Dict && value instanceof Dict) {
      for (const [key, element] of value.entries()) target.set(key, element)
      return target
    }
    const set = asSet(value)
    if (!(target instanceof PySet) || target.typeName === 'frozenset' || !set) return undefined
    return replaceSet(target, [...target, ...set])
  },
  '&': inplaceSet('&'),
  '-': inplaceSet('-'),
  '^': inplaceSet('^'),
}
