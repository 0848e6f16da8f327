import { type BinaryOp, type DType, dtypes, type ScalarOp, type UnaryOp } from '@sconce/backend'
import type { Source } from './source.ts'
import { literalValue, wrapped } from './types.ts'

/** Writes the application of an op; arguments are names or literals. */
type Write = (source: Source, ...args: string[]) => string

const call =
  (name: string): Write =>
  (source, ...args) =>
    source.call(name, ...args)
const infix =
  (operator: string): Write =>
  (_, a, b) =>
    `${a} ${operator} ${b}`
const builtin =
  (name: string): Write =>
  (_, ...args) =>
    `${name}(${args.join(', ')})`

const rounding =
  (name: string): Write =>
  (source, x) =>
    source.traits.signedZeros ? `${name}(${x})` : source.call('f_signed', x, `${name}(${x})`)

const comparison =
  (own: string, device: string): Write =>
  (source, a, b) =>
    source.traits.nanComparisons ? `${device}(${a}, ${b})` : source.call(own, a, b)

const division: Write = (source, a, b) =>
  source.traits.exactDivision ? `${a} / ${b}` : source.call('f_div', a, b)
const squareRoot: Write = (source, x) =>
  source.traits.exactSqrt ? `sqrt(${x})` : source.call('f_sqrt', x)

/**
 * A literal by way of a uniform, so that no compiler calculates with it: they would take `x + 0` for
 * `x`, `x · 0` for 0, and `(x + a) - a` for `x`, whatever `x` is.
 */
function opaque(source: Source, x: string): string {
  const value = literalValue(x)
  // Every device has room for this many words; the literals of longer expressions stay as they are.
  const full = source.words.length >= 600
  return value === undefined || full ? x : `vec4(${source.float(`literal ${x}`, () => value)})`
}

/** Arithmetic as it is written: no operand is known to the compiler, or known to be the same as the other. */
const arithmetic =
  (write: Write): Write =>
  (source, a, b) => {
    const second = a === b ? unlike(source, b) : opaque(source, b)
    return write(source, opaque(source, a), second)
  }

/** The same value, by way of an exclusive or with a zero that no compiler knows of. */
const unlike = (source: Source, x: string): string =>
  `intBitsToFloat(floatBitsToInt(${x}) ^ ivec4(${source.int('opaque bits', () => 0)}))`

/** Literals of other than NaN, which is written by its bits. */
const isPlain = (x: string): boolean => /^vec4\(-?[\d.]+\)$/.test(x)

const extreme =
  (name: string, comparison: string): Write =>
  (source, a, b) => {
    if (!source.traits.nanComparisons) return source.call(name, a, b)
    if (isPlain(b)) return source.call('sel', `${comparison}(${b}, ${a})`, b, a)
    return source.call(`${name}Ordered`, a, b)
  }

type Table = Partial<Record<UnaryOp | BinaryOp, Write>>

const comparisons: Table = {
  lt: builtin('lessThan'),
  le: builtin('lessThanEqual'),
  gt: builtin('greaterThan'),
  ge: builtin('greaterThanEqual'),
  eq: builtin('equal'),
  ne: builtin('notEqual'),
}

const floats: Table = {
  neg: (_, x) => `-${x}`,
  abs: builtin('abs'),
  sign: call('f_sign'),
  floor: rounding('floor'),
  ceil: rounding('ceil'),
  round: rounding('roundEven'),
  trunc: rounding('trunc'),
  sqrt: squareRoot,
  rsqrt: (source, x) => division(source, 'vec4(1.0)', squareRoot(source, x)),
  exp: call('f_exp'),
  exp2: call('f_exp2'),
  expm1: call('f_expm1'),
  log: call('f_log'),
  log2: call('f_log2'),
  log10: call('f_log10'),
  log1p: call('f_log1p'),
  sin: call('f_sin'),
  cos: call('f_cos'),
  tan: call('f_tan'),
  asin: call('f_asin'),
  acos: call('f_acos'),
  atan: call('f_atan'),
  sinh: call('f_sinh'),
  cosh: call('f_cosh'),
  tanh: call('f_tanh'),
  asinh: call('f_asinh'),
  acosh: call('f_acosh'),
  atanh: call('f_atanh'),
  sigmoid: call('f_sigmoid'),
  erf: call('f_erf'),
  erfc: call('f_erfc'),
  lgamma: call('f_lgamma'),
  digamma: call('f_digamma'),
  isnan: call('f_isnan'),
  add: arithmetic(infix('+')),
  sub: arithmetic(infix('-')),
  mul: arithmetic(infix('*')),
  div: arithmetic(division),
  rem: call('f_rem'),
  mod: call('f_mod'),
  pow: call('f_pow'),
  atan2: call('f_atan2'),
  min: extreme('f_min', 'lessThan'),
  max: extreme('f_max', 'greaterThan'),
  lt: comparison('f_lt', 'lessThan'),
  le: comparison('f_le', 'lessThanEqual'),
  gt: comparison('f_gt', 'greaterThan'),
  ge: comparison('f_ge', 'greaterThanEqual'),
  eq: comparison('f_eq', 'equal'),
  ne: comparison('f_ne', 'notEqual'),
}

const integers: Table = {
  ...comparisons,
  neg: (_, x) => `-${x}`,
  abs: call('i_abs'),
  sign: builtin('sign'),
  not: (_, x) => `~${x}`,
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: call('i_div'),
  rem: call('i_rem'),
  mod: call('i_mod'),
  pow: call('i_pow'),
  min: builtin('min'),
  max: builtin('max'),
  and: infix('&'),
  or: infix('|'),
  xor: infix('^'),
  shl: call('i_shl'),
  shr: call('i_shr'),
}

/** Truth values are compared as 0 and 1. */
const asIntegers =
  (write: Write): Write =>
  (source, ...args) =>
    write(source, ...args.map((a) => `ivec4(${a})`))

const booleans: Table = {
  not: builtin('not'),
  and: call('b_and'),
  or: call('b_or'),
  xor: builtin('notEqual'),
  min: call('b_and'),
  max: call('b_or'),
  ...Object.fromEntries(Object.entries(comparisons).map(([op, w]) => [op, asIntegers(w)])),
}

const tables = { float: floats, int: integers, bool: booleans }

/** Results that may be wider than a narrow integer. */
const widening: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  'neg',
  'abs',
  'not',
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'shl',
])

/** The application of a unary or binary op to arguments of `dtype`. */
export function application(
  source: Source,
  op: UnaryOp | BinaryOp,
  dtype: DType,
  args: readonly string[],
): string {
  const write = tables[dtypes[dtype].kind][op]
  if (!write) throw new Error(`no GLSL for ${op} on ${dtype}`)
  const code = write(source, ...args)
  return widening.has(op) ? wrapped(dtype, code) : code
}

/** The conversion of `x` between dtypes. */
export function conversion(source: Source, from: DType, to: DType, x: string): string {
  const [a, b] = [dtypes[from].kind, dtypes[to].kind]
  if (b === 'float') {
    if (a === 'float') return x
    if (from === 'int32' && !source.traits.exactFromInt) return source.call('f_fromInt', x)
    return `vec4(${x})`
  }
  if (b === 'bool') {
    if (a === 'bool') return x
    if (a === 'int') return `notEqual(${x}, ivec4(0))`
    return application(source, 'ne', from, [x, 'vec4(0.0)'])
  }
  if (a === 'float') return wrapped(to, source.call('f_toInt', x))
  return a === 'bool' ? `ivec4(${x})` : wrapped(to, x)
}
