import { type BinaryOp, type DType, dtypes, type UnaryOp } from '@sconce/backend'
import type { Source } from './source.ts'
import { wrapped } from './types.ts'

/** Writes the application of an op; arguments are names. */
type Write = (source: Source, dtype: DType, ...args: string[]) => string

type Table = Partial<Record<UnaryOp | BinaryOp, Write>>

const call =
  (name: string): Write =>
  (source, _, ...args) =>
    source.call(name, ...args)

const infix =
  (operator: string): Write =>
  (_, __, a, b) =>
    `(${a} ${operator} ${b})`

/** As `infix`, wrapped around to the dtype's width. */
const integer =
  (operator: string): Write =>
  (_, dtype, a, b) =>
    wrapped(dtype, `${a} ${operator} ${b}`)

/** As `call`, of a function whose result may be wider than the dtype. */
const integerCall =
  (name: string): Write =>
  (source, dtype, ...args) =>
    wrapped(dtype, source.call(name, ...args))

/** `x - x` and `x / x`: no compiler may know that both are the same, for x may be NaN or infinite. */
const unlike =
  (operator: string): Write =>
  (source, _, a, b) =>
    `(${a} ${operator} ${a === b ? source.call('f_same', b) : b})`

const shift =
  (name: string): Write =>
  (source, dtype, a, b) =>
    wrapped(dtype, source.call(name, a, b, `${dtypes[dtype].size * 8}`))

const comparisons: Table = {
  lt: infix('<'),
  le: infix('<='),
  gt: infix('>'),
  ge: infix('>='),
  eq: infix('=='),
  ne: infix('!='),
}

/** Floats: an op without a row is the function of the library that has its name. */
const floats: Table = {
  add: infix('+'),
  sub: unlike('-'),
  mul: infix('*'),
  div: unlike('/'),
  rsqrt: (source, _, x) => `(1.0 / ${source.call('f_sqrt', x)})`,
}

const integers: Table = {
  ...comparisons,
  neg: (_, dtype, x) => wrapped(dtype, `-${x}`),
  abs: (_, __, x) => `abs(${x})`,
  sign: (_, __, x) => `sign(${x})`,
  not: (_, dtype, x) => wrapped(dtype, `~${x}`),
  add: integer('+'),
  sub: integer('-'),
  mul: integer('*'),
  div: integerCall('i_div'),
  rem: call('i_rem'),
  mod: call('i_mod'),
  pow: integerCall('i_pow'),
  min: (_, __, a, b) => `min(${a}, ${b})`,
  max: (_, __, a, b) => `max(${a}, ${b})`,
  and: infix('&'),
  or: infix('|'),
  xor: infix('^'),
  shl: shift('i_shl'),
  shr: shift('i_shr'),
}

/** Truth values are ordered as 0 and 1. */
const ordered =
  (write: Write): Write =>
  (source, dtype, a, b) =>
    write(source, dtype, `u32(${a})`, `u32(${b})`)

const booleans: Table = {
  ...Object.fromEntries(
    Object.entries(comparisons).map(([op, write]) => [op, ordered(write)] as const),
  ),
  not: (_, __, x) => `!${x}`,
  and: infix('&&'),
  or: infix('||'),
  xor: infix('!='),
  min: infix('&&'),
  max: infix('||'),
}

const tables = { float: floats, int: integers, bool: booleans }

/** The application of a unary or binary op to arguments of `dtype`. */
export function application(
  source: Source,
  op: UnaryOp | BinaryOp,
  dtype: DType,
  args: readonly string[],
): string {
  const { kind } = dtypes[dtype]
  const write = tables[kind][op] ?? (kind === 'float' ? call(`f_${op}`) : undefined)
  if (!write) throw new Error(`no WGSL for ${op} on ${dtype}`)
  return write(source, dtype, ...args)
}

/** The conversion of `x` between dtypes. */
export function conversion(source: Source, from: DType, to: DType, x: string): string {
  const [a, b] = [dtypes[from].kind, dtypes[to].kind]
  if (b === 'float') return a === 'float' ? x : `f32(${x})`
  if (b === 'bool') {
    if (a === 'bool') return x
    return a === 'int' ? `(${x} != 0)` : `!(${source.call('f_eq', x, '0.0')})`
  }
  if (a === 'float') return wrapped(to, source.call('f_toInt', x))
  return a === 'bool' ? `i32(${x})` : wrapped(to, x)
}
