/** The builtin types that can be called: `int(…)`, `list(…)`, `property(…)`. */
import { makeSuper } from '../evaluate/arguments.ts'
import { makeClass } from '../evaluate/classes.ts'
import { isInt, isNumber, toBigInt, toNumber, truncate } from '../runtime/arithmetic.ts'
import { call } from '../runtime/call.ts'
import { length, toIndex, truth } from '../runtime/convert.ts'
import { getItem } from '../runtime/items.ts'
import { iterate, toList, values } from '../runtime/iterate.ts'
import { str } from '../runtime/repr.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { ownSpecial, special, typeName, typeOf, underlying } from '../runtime/types.ts'
import { Instance, MethodWrapper, Property, PyClass } from '../values/classes.ts'
import { Dict, DictView, PySet } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { type NativeBody, native } from '../values/functions.ts'
import { isList, PyIterator, Range, Slice, Tuple, type Value } from '../values/value.ts'
import { updateDict } from './containers.ts'

const PREFIXES: { [base: string]: RegExp } = { '16': /^0x/i, '8': /^0o/i, '2': /^0b/i }

/** `int(text, base)`. */
function parseInteger(text: string, base: number): bigint {
  const fail = (): Error =>
    raise(
      'ValueError',
      `invalid literal for int() with base ${base}: '${text.replaceAll('\n', '\\n')}'`,
    )
  const match = /^\s*([-+]?)(\w+)\s*$/.exec(text)
  if (!match || /^_|__|_$/.test(match[2])) throw fail()
  const prefix = Object.entries(PREFIXES).find(([, pattern]) => pattern.test(match[2]))
  const radix = base === 0 ? Number(prefix?.[0] ?? 10) : base
  const digits = match[2]
    .replaceAll('_', '')
    .replace(PREFIXES[radix] ?? /^$/, '')
    .toLowerCase()
  let result = 0n
  for (const digit of digits) {
    const value = Number.parseInt(digit, 36)
    if (!(value < radix)) throw fail()
    result = result * BigInt(radix) + BigInt(value)
  }
  if (!digits) throw fail()
  return match[1] === '-' ? -result : result
}

/** `float(text)`. */
function parseFloatText(text: string): number {
  const body = text.trim().toLowerCase()
  if (/^[-+]?(inf|infinity)$/.test(body))
    return body.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  if (/^[-+]?nan$/.test(body)) return Number.NaN
  if (!/^[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[-+]?\d[\d_]*)?$/.test(body) || /_(?!\d)/.test(body))
    throw raise('ValueError', `could not convert string to float: '${text}'`)
  return Number(body.replaceAll('_', ''))
}

/** The first of the special methods that a value has, called. */
function viaSpecial(rt: Runtime, value: Value, names: readonly string[]): Value | undefined {
  for (const name of names) {
    const method = special(rt, value, name)
    if (method) return method()
  }
  return undefined
}

function toInt(rt: Runtime, given: Value, base: Value | undefined): Value {
  const value = ownSpecial(given, '__int__') ? given : underlying(given)
  if (typeof value === 'string') return parseInteger(value, Number(toIndex(rt, base ?? 10n)))
  if (base !== undefined)
    throw raise('TypeError', "int() can't convert non-string with explicit base")
  if (isInt(value)) return toBigInt(value)
  if (typeof value === 'number') return truncate(value)
  const result = viaSpecial(rt, value, ['__int__', '__index__', '__trunc__'])
  if (result !== undefined) return isInt(result) ? toBigInt(result) : result
  throw raise(
    'TypeError',
    `int() argument must be a string, a bytes-like object or a real number, not '${typeName(rt, value)}'`,
  )
}

function toFloat(rt: Runtime, given: Value): Value {
  const value = ownSpecial(given, '__float__') ? given : underlying(given)
  if (typeof value === 'string') return parseFloatText(value)
  if (isNumber(value)) return toNumber(value)
  const result = viaSpecial(rt, value, ['__float__', '__index__'])
  if (result !== undefined && isNumber(result)) return toNumber(result)
  throw raise(
    'TypeError',
    `float() argument must be a string or a real number, not '${typeName(rt, value)}'`,
  )
}

function makeRange(rt: Runtime, [first, second, third]: Value[]): Range {
  const start = second === undefined ? 0n : toIndex(rt, first)
  const stop = toIndex(rt, second ?? first)
  const step = third === undefined ? 1n : toIndex(rt, third)
  if (step === 0n) throw raise('ValueError', 'range() arg 3 must not be zero')
  return new Range(start, stop, step)
}

function reversed(rt: Runtime, value: Value): Value {
  const method = special(rt, value, '__reversed__')
  if (method) return method()
  const inner = underlying(value)
  if (inner instanceof Dict || inner instanceof DictView)
    return new PyIterator(toList(rt, inner).reverse()[Symbol.iterator](), 'reversed')
  const isSequence =
    isList(inner) || inner instanceof Tuple || inner instanceof Range || typeof inner === 'string'
  if (!isSequence && !ownSpecial(value, '__getitem__'))
    throw raise('TypeError', `'${typeName(rt, value)}' object is not reversible`)
  const backwards = function* (): Generator<Value> {
    for (let i = length(rt, value) - 1; i >= 0; i--) yield getItem(rt, value, BigInt(i))
  }
  return new PyIterator(backwards(), 'reversed')
}

function* zip(rt: Runtime, iterables: readonly Value[], strict: boolean): Generator<Value> {
  const iterators = iterables.map((iterable) => iterate(rt, iterable))
  while (iterators.length > 0) {
    const items: Value[] = []
    for (const [i, iterator] of iterators.entries()) {
      const step = iterator.next()
      if (!step.done) {
        items.push(step.value)
        continue
      }
      if (strict) checkExhausted(iterators, i)
      return
    }
    yield new Tuple(items)
  }
}

/** The iterator at `ended` has come to its end: all others have to, too. */
function checkExhausted(iterators: readonly Iterator<Value>[], ended: number): void {
  const others = (last: number): string => (last === 1 ? 'argument 1' : `arguments 1-${last}`)
  if (ended > 0)
    throw raise('ValueError', `zip() argument ${ended + 1} is shorter than ${others(ended)}`)
  for (const [i, iterator] of iterators.entries())
    if (i > 0 && !iterator.next().done)
      throw raise('ValueError', `zip() argument ${i + 1} is longer than ${others(i)}`)
}

function* map(rt: Runtime, fn: Value, iterables: readonly Value[]): Generator<Value> {
  for (const args of zip(rt, iterables, false)) yield call(rt, fn, toList(rt, args))
}

function* filter(rt: Runtime, fn: Value, iterable: Value): Generator<Value> {
  for (const value of values(rt, iterable))
    if (truth(rt, fn === null ? value : call(rt, fn, [value]))) yield value
}

function* enumerate(rt: Runtime, iterable: Value, start: bigint): Generator<Value> {
  let index = start
  for (const value of values(rt, iterable)) yield new Tuple([index++, value])
}

/** Starts the iteration at once, so that what can't be iterated is told where it was passed. */
const iterator = (rt: Runtime, type: string, iterables: Value[], make: () => Generator<Value>) => {
  for (const iterable of iterables) if (!(iterable instanceof PyIterator)) iterate(rt, iterable)
  return new PyIterator(make(), type)
}

/** `type(value)` and `type(name, bases, members)`. */
function typeCall(rt: Runtime, args: Value[]): Value {
  if (args.length === 1) return typeOf(rt, args[0])
  const [name, bases, members] = args
  if (typeof name !== 'string' || !(bases instanceof Tuple) || !(members instanceof Dict))
    throw raise('TypeError', 'type() takes 1 or 3 arguments')
  const table = new Map([...members.entries()].map(([key, value]) => [String(key), value]))
  return makeClass(rt, name, bases.items, table)
}

function asClass(value: Value): PyClass {
  if (value instanceof PyClass) return value
  throw raise('TypeError', 'super() argument 1 must be a type')
}

/** `name: [base, signature, make]`. */
type Row = [base: string, signature: string, make: NativeBody]

export function defineTypes(rt: Runtime): void {
  const elements = (iterable: Value | undefined): Value[] =>
    iterable === undefined ? [] : toList(rt, iterable)
  const rows: { [name: string]: Row } = {
    int: ['object', 'x= base=', ([x = 0n, base]) => toInt(rt, x, base)],
    bool: ['int', 'x=', ([x = false]) => truth(rt, x)],
    float: ['object', 'x=', ([x = 0]) => toFloat(rt, x)],
    str: ['object', 'object=', ([value = '']) => str(rt, value)],
    list: ['object', 'iterable=', ([iterable]) => elements(iterable)],
    tuple: ['object', 'iterable=', ([iterable]) => new Tuple(elements(iterable))],
    dict: [
      'object',
      'mapping= **',
      ([source], named) => {
        const dict = new Dict()
        updateDict(rt, dict, source, named)
        return dict
      },
    ],
    set: ['object', 'iterable=', ([iterable]) => new PySet(elements(iterable))],
    frozenset: ['object', 'iterable=', ([iterable]) => new PySet(elements(iterable), 'frozenset')],
    range: ['object', 'start stop= step=', (args) => makeRange(rt, args)],
    slice: [
      'object',
      'start stop= step=',
      ([start, stop, step = null]) =>
        stop === undefined ? new Slice(null, start, step) : new Slice(start, stop, step),
    ],
    enumerate: [
      'object',
      'iterable start=',
      ([iterable, start = 0n]) =>
        iterator(rt, 'enumerate', [iterable], () => enumerate(rt, iterable, toIndex(rt, start))),
    ],
    zip: [
      'object',
      '*args **',
      (iterables, named) =>
        iterator(rt, 'zip', iterables, () =>
          zip(rt, iterables, truth(rt, named.get('strict') ?? false)),
        ),
    ],
    map: [
      'object',
      'function iterable *args',
      ([fn, ...iterables]) => iterator(rt, 'map', iterables, () => map(rt, fn, iterables)),
    ],
    filter: [
      'object',
      'function iterable',
      ([fn, iterable]) => iterator(rt, 'filter', [iterable], () => filter(rt, fn, iterable)),
    ],
    reversed: ['object', 'sequence', ([sequence]) => reversed(rt, sequence)],
    property: [
      'object',
      'fget= fset= fdel= doc=',
      ([getter = null, setter = null, deleter = null]) => new Property(getter, setter, deleter),
    ],
    staticmethod: ['object', 'function', ([fn]) => new MethodWrapper('staticmethod', fn)],
    classmethod: ['object', 'function', ([fn]) => new MethodWrapper('classmethod', fn)],
    super: ['object', 'type object', ([type, receiver]) => makeSuper(asClass(type), receiver)],
    type: ['object', 'object *args', (args) => typeCall(rt, args)],
    object: ['', '', () => new Instance(rt.type('object'))],
  }
  for (const [name, [base, signature, make]] of Object.entries(rows)) {
    const type = rt.defineType(name, { base })
    const body = native(name, signature, make)
    type.create = (args, kwargs) => body.call(args, kwargs)
    rt.builtins.set(name, type)
  }
}
