import { isDType } from '@sconce/backend'
import { TypeError_ } from '../errors.ts'
import { FloatScalar, isScalar } from '../scalar.ts'
import type { ParsedSchema } from './parse.ts'

/** Told by a symbol, so that tensors of another copy of the library are recognised too. */
export const tensorBrand: unique symbol = Symbol.for('sconce.tensor')

export const isTensor = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && tensorBrand in value

/** A plain object holds options; tensors, arrays and class instances are arguments. */
const isOptions = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

const isInt = (value: unknown): boolean =>
  (typeof value === 'number' && Number.isInteger(value)) || typeof value === 'bigint'
const isNumber = (value: unknown): boolean => isScalar(value) && typeof value !== 'boolean'
const listOf =
  (test: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(test)
const toNumbers = (value: unknown): number[] =>
  Array.isArray(value) ? value.map(Number) : [Number(value)]

interface TypeRule {
  readonly accepts: (value: unknown) => boolean
  /** Brings an accepted value to the form that implementations see. */
  readonly convert?: (value: unknown) => unknown
  /** PyTorch's words for the type. */
  readonly says: string
}

const rules: Readonly<Record<string, TypeRule>> = {
  Tensor: { accepts: isTensor, says: 'Tensor' },
  'Tensor[]': { accepts: listOf(isTensor), says: 'tuple of Tensors' },
  'Tensor?[]': {
    accepts: listOf((v) => v === null || v === undefined || isTensor(v)),
    convert: (v) => (Array.isArray(v) ? v.map((t) => t ?? undefined) : v),
    says: 'tuple of Tensors',
  },
  'Tensor|Scalar': { accepts: (v) => isScalar(v) || isTensor(v), says: 'Tensor' },
  Scalar: { accepts: isScalar, says: 'Number' },
  'Scalar[]': { accepts: listOf(isScalar), says: 'tuple of Scalars' },
  int: { accepts: isInt, convert: Number, says: 'int' },
  'int[]': {
    accepts: (v) => isInt(v) || listOf(isInt)(v),
    convert: toNumbers,
    says: 'tuple of ints',
  },
  'int...': { accepts: listOf(isInt), convert: toNumbers, says: 'tuple of ints' },
  'int|int[]': { accepts: (v) => isInt(v) || listOf(isInt)(v), says: 'int or tuple of ints' },
  'int|int[]|Tensor': {
    accepts: (v) => isInt(v) || listOf(isInt)(v) || isTensor(v),
    says: 'int, tuple of ints or Tensor',
  },
  'int|int[]|str': {
    accepts: (v) => isInt(v) || listOf(isInt)(v) || typeof v === 'string',
    says: 'int, tuple of ints or str',
  },
  'int|int[][]': {
    accepts: (v) => isInt(v) || listOf(listOf(isInt))(v),
    says: 'int or tuple of tuples of ints',
  },
  'int?[]': {
    accepts: (v) => isInt(v) || listOf((x) => x === null || x === undefined || isInt(x))(v),
    convert: (v) => (Array.isArray(v) ? v.map((x) => (x === null ? undefined : x)) : [v]),
    says: 'tuple of ints',
  },
  float: { accepts: isNumber, convert: Number, says: 'float' },
  'float[]': {
    accepts: (v) => isNumber(v) || listOf(isNumber)(v),
    convert: toNumbers,
    says: 'tuple of floats',
  },
  bool: { accepts: (v) => typeof v === 'boolean', says: 'bool' },
  true: { accepts: (v) => v === true, says: 'True' },
  false: { accepts: (v) => v === false, says: 'False' },
  'int|Tensor': {
    accepts: (v) => isInt(v) || isTensor(v),
    convert: (v) => (isTensor(v) ? v : Number(v)),
    says: 'int',
  },
  'bool[]': { accepts: listOf((v) => typeof v === 'boolean'), says: 'tuple of bools' },
  'Scalar|str': { accepts: (v) => isScalar(v) || typeof v === 'string', says: 'Number' },
  'str|int': { accepts: (v) => typeof v === 'string' || isInt(v), says: 'str' },
  str: { accepts: (v) => typeof v === 'string', says: 'str' },
  ScalarType: { accepts: isDType, says: 'torch.dtype' },
  Device: { accepts: (v) => typeof v === 'string', says: 'torch.device' },
  Generator: { accepts: (v) => typeof v === 'object' && v !== null, says: 'torch.Generator' },
}

/** PyTorch's word for what a value is. */
export function typeWord(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType'
  if (isTensor(value)) return 'Tensor'
  if (value instanceof FloatScalar) return 'float'
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    case 'bigint':
      return 'int'
    case 'boolean':
      return 'bool'
    case 'string':
      return 'str'
    case 'function':
      return 'function'
    default:
      return Array.isArray(value) ? 'list' : 'dict'
  }
}

const opName = (schema: ParsedSchema): string => schema.name.split('.')[0]

/**
 * Why arguments are none for a schema. Overloads are tried one after the other: what does not fit is told as
 * a value, and put into words where nothing else did.
 */
class Misfit {
  readonly words: () => string
  constructor(words: () => string) {
    this.words = words
  }
}

const fail = (misfit: Misfit): never => {
  throw new TypeError_(misfit.words())
}

function convert(schema: ParsedSchema, i: number, value: unknown, method: boolean): unknown {
  const p = schema.parameters[i]
  const rule = rules[p.type]
  if (!rule.accepts(value)) return new Misfit(() => illTyped(schema, i, value, method))
  const converted = rule.convert ? rule.convert(value) : value
  return p.length !== undefined && Array.isArray(converted) && converted.length === 1
    ? Array(p.length).fill(converted[0])
    : converted
}

function illTyped(schema: ParsedSchema, i: number, value: unknown, method: boolean): string {
  const { name, type } = schema.parameters[i]
  if (type === 'Tensor[]' && Array.isArray(value)) {
    const at = value.findIndex((v) => !isTensor(v))
    return `expected Tensor as element ${at} in argument ${i}, but got ${typeWord(value[at])}`
  }
  return `${opName(schema)}(): argument '${name}' (position ${method ? i : i + 1}) must be ${rules[type].says}, not ${typeWord(value)}`
}

function missing(schema: ParsedSchema, from: number, options: Record<string, unknown>): string {
  const names = schema.parameters
    .slice(from)
    .filter((p) => !p.optional && !Object.hasOwn(options, p.name))
    .map((p) => `"${p.name}"`)
  return `${opName(schema)}() missing ${names.length} required positional arguments: ${names.join(', ')}`
}

const none: Readonly<Record<string, unknown>> = {}

/**
 * Arguments in schema order: positional ones, then those of the options object, then defaults. A
 * `method` counts positions from after `self`.
 *
 * @throws TypeError in PyTorch's words for a missing, unexpected or ill-typed argument.
 */
export function bind(schema: ParsedSchema, args: readonly unknown[], method: boolean): unknown[] {
  const bound = fit(schema, args, method)
  return bound instanceof Misfit ? fail(bound) : bound
}

function fit(schema: ParsedSchema, args: readonly unknown[], method: boolean): unknown[] | Misfit {
  const { parameters, spread } = schema
  let given = args
  let count = args.length
  let options = none
  let unused = 0
  const final = args[count - 1]
  if (count > 0 && isOptions(final)) {
    count--
    options = final
    unused = Object.keys(final).length
  }
  if (spread >= 0 && spread < count && isInt(args[spread])) {
    given = [...args.slice(0, spread), args.slice(spread, count)]
    count = spread + 1
  }
  if (count > schema.positional) {
    return new Misfit(
      () =>
        `${opName(schema)}() takes ${schema.positional} positional arguments but ${count} were given`,
    )
  }
  const bound = new Array<unknown>(parameters.length)
  for (let i = 0; i < parameters.length; i++) {
    const p = parameters[i]
    const named = unused > 0 && Object.hasOwn(options, p.name)
    if (named) {
      if (i < count) {
        return new Misfit(() => `${opName(schema)}() got multiple values for argument '${p.name}'`)
      }
      unused--
    }
    const value = i < count ? given[i] : options[p.name]
    if (value !== undefined && value !== null) {
      const converted = convert(schema, i, value, method)
      if (converted instanceof Misfit) return converted
      bound[i] = converted
    } else if (p.optional || p.nullable) bound[i] = value === null ? undefined : p.default
    else return new Misfit(() => missing(schema, i, options))
  }
  if (unused > 0) {
    const known = new Set(parameters.map((p) => p.name))
    const extra = Object.keys(options).find((name) => !known.has(name))
    return new Misfit(() => `${opName(schema)}() got an unexpected keyword argument '${extra}'`)
  }
  return bound
}

/**
 * The first overload whose schema takes the arguments, with the bound arguments.
 *
 * @throws TypeError of the first schema where none of them does.
 */
export function bindOverload(
  schemas: readonly ParsedSchema[],
  args: readonly unknown[],
  method: boolean,
): { which: number; bound: unknown[] } {
  let first: Misfit | undefined
  for (let which = 0; which < schemas.length; which++) {
    const bound = fit(schemas[which], args, method)
    if (!(bound instanceof Misfit)) return { which, bound }
    first ??= bound
  }
  return fail(first ?? new Misfit(() => 'there is no overload'))
}
