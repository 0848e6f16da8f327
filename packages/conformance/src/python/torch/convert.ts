/** Values of programs as arguments of the library, and its results as values. */
import { asFloat, camelCase, FloatScalar } from '@sconce/core'
import { Instance } from '../values/classes.ts'
import { Dict } from '../values/dict.ts'
import { NativeFunction } from '../values/functions.ts'
import {
  Callable,
  isForeign,
  isList,
  type Kwargs,
  PyIterator,
  PyObject,
  Tuple,
  type Value,
} from '../values/value.ts'
import type { Binding } from './binding.ts'
import { Named, TorchDevice, toDevice, toDType } from './named.ts'
import { namedResult, snakeCase } from './tuples.ts'

/** The instance of a program's class that an object of the host is the other side of. */
const instances = new WeakMap<object, Instance>()

export const linkInstance = (object: object, instance: Instance): void => {
  instances.set(object, instance)
}

/** How numbers are passed on. */
export interface NumberRule {
  /** `2.0` as a float in type promotion; functions that are no ops get a plain number. */
  readonly float: (value: number) => unknown
  /** Ints as bigints, which make int64 tensors. */
  readonly bigint: boolean
}

export const SCALARS: NumberRule = {
  float: (value) => (Number.isInteger(value) ? asFloat(value) : value),
  bigint: false,
}
export const BIG_SCALARS: NumberRule = { ...SCALARS, bigint: true }
export const PLAIN: NumberRule = { float: (value) => value, bigint: false }

function toInteger(value: bigint, { bigint }: NumberRule): number | bigint {
  const number = Number(value)
  return bigint || !Number.isSafeInteger(number) ? value : number
}

/** An argument as the library takes it. */
export function toHost(binding: Binding, value: Value, rule: NumberRule): unknown {
  switch (typeof value) {
    case 'bigint':
      return toInteger(value, rule)
    case 'number':
      return rule.float(value)
    case 'string':
      return toDevice(binding, value)
    case 'boolean':
      return value
  }
  const inner = (item: Value): unknown => toHost(binding, item, rule)
  if (value === null) return null
  if (isList(value)) return value.map(inner)
  if (value instanceof Tuple) return value.items.map(inner)
  if (value instanceof Dict)
    return Object.fromEntries([...value.entries()].map(([key, item]) => [String(key), inner(item)]))
  if (value instanceof Named) return value.kind === 'dtype' ? toDType(binding, value) : value.name
  if (value instanceof TorchDevice) return toDevice(binding, String(value))
  if (value instanceof Instance) return value.native === undefined ? value : inner(value.native)
  if (value instanceof Callable) return toFunction(binding, value, rule)
  if (isForeign(value)) return value
  return Array.from(binding.interpreter.iterate(value), inner)
}

/** A function of the program as one of JavaScript; `None` is nothing. */
export function toFunction(
  binding: Binding,
  fn: Callable,
  rule: NumberRule = PLAIN,
): (...args: unknown[]) => unknown {
  const run = (...args: unknown[]): unknown => {
    const result = fn.call(args.map((arg) => toPython(binding, arg)))
    return result === null ? undefined : toHost(binding, result, rule)
  }
  return Object.defineProperty(run, 'name', { value: fn.name })
}

/** Keywords that say where elements lie, and nothing of what they are. */
const STORAGE_KEYWORDS: ReadonlySet<string> = new Set([
  'memory_format',
  'layout',
  'pin_memory',
  'non_blocking',
])

/** Second names of keywords, which PyTorch takes for NumPy's sake. */
const KEYWORD_ALIASES: { [name: string]: string } = { axis: 'dim', keepdims: 'keepdim' }

/** Keyword arguments as an options object. */
export function toOptions(
  binding: Binding,
  kwargs: Kwargs,
  rule: NumberRule,
): Record<string, unknown> {
  const options: Record<string, unknown> = {}
  for (const [name, value] of kwargs) {
    if (STORAGE_KEYWORDS.has(name)) continue
    const key = camelCase(Object.hasOwn(KEYWORD_ALIASES, name) ? KEYWORD_ALIASES[name] : name)
    options[key] = toHost(binding, value, rule)
  }
  return options
}

/** Whether an object is nothing but values with names. */
const isPlain = (value: object): boolean =>
  Object.getPrototypeOf(value) === Object.prototype &&
  Object.values(value).every((member) => typeof member !== 'function')

const isIterator = (value: object): value is Iterator<unknown> & Iterable<unknown> =>
  'next' in value && typeof value.next === 'function' && Symbol.iterator in value

/**
 * A result as a value. Integral numbers are ints: what is a float by nature (an element, a loss) is not
 * to come this way.
 * @param op what returned it, for the name of its kind of tuple
 */
export function toPython(binding: Binding, value: unknown, op = ''): Value {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? BigInt(value) : value
    case 'function':
      return fromFunction(binding, value as (...args: unknown[]) => unknown)
    case 'object':
      return fromObject(binding, value, op)
    case 'symbol':
      return String(value)
    default:
      return value
  }
}

const fromFunction = (binding: Binding, fn: (...args: unknown[]) => unknown): NativeFunction =>
  new NativeFunction(fn.name, (args, kwargs) =>
    toPython(binding, fn(...plainArguments(binding, args, kwargs))),
  )

/** The arguments of a function that is no op: numbers as they are, an options object last. */
export function plainArguments(binding: Binding, args: Value[], kwargs: Kwargs): unknown[] {
  const given = args.map((arg) => toHost(binding, arg, PLAIN))
  return kwargs.size > 0 ? [...given, toOptions(binding, kwargs, PLAIN)] : given
}

function fromObject(binding: Binding, value: object, op: string): Value {
  const inner = (item: unknown): Value => toPython(binding, item)
  if (value instanceof FloatScalar) return value.value
  if (value instanceof PyObject) return value
  if (Array.isArray(value)) return new Tuple(value.map(inner))
  if (value instanceof Map)
    return new Dict(
      [...value].map(([key, item]) => [inner(key), inner(item)]),
      'OrderedDict',
    )
  if (isIterator(value)) return new PyIterator(mapped(value, inner), 'generator')
  if (isPlain(value)) return op ? toNamed(binding, value, op) : toDict(binding, value)
  return instances.get(value) ?? value
}

function* mapped(source: Iterable<unknown>, inner: (item: unknown) => Value): Generator<Value> {
  for (const item of source) yield inner(item)
}

/** What is no result of an op: options, states. */
const toDict = (binding: Binding, value: object): Dict =>
  new Dict(
    Object.entries(value).map(([name, member]) => [snakeCase(name), toPython(binding, member)]),
  )

/** Ops whose results PyTorch puts in a tuple without names. */
const UNNAMED = /^unique|^(var|std)_mean$|^native_|_with_indices$/

/** Several results by name; what was not asked for is not there, and one that is left stands alone. */
function toNamed(binding: Binding, value: object, op: string): Value {
  const members = Object.entries(value).filter(([, item]) => item !== undefined)
  const items = members.map(([, item]) => toPython(binding, item))
  if (items.length === 1) return items[0]
  const names = members.map(([name]) => name)
  return UNNAMED.test(op) ? new Tuple(items) : namedResult(binding, op, names, items)
}
