import {
  type BinaryOp,
  type DType,
  dtypes,
  type Expr,
  InvalidKernel,
  isBinary,
  isUnary,
  type UnaryOp,
} from '@sconce/backend'
import { conversions, type Scalar, scalarOf } from '../scalar/convert.ts'
import { floatBinary, floatUnary, isExact } from '../scalar/float.ts'
import { integers, longs } from '../scalar/integer.ts'

/** Functions that generated code may call, by name. */
export const helpers: Record<string, unknown> = {
  fround: Math.fround,
  imul: Math.imul,
  long: BigInt.asIntN.bind(BigInt, 64),
  ...conversions,
}
for (const [op, f] of Object.entries({ ...floatUnary, ...floatBinary })) helpers[`float_${op}`] = f
for (const [dtype, { unary, binary }] of Object.entries({ ...integers, int64: longs })) {
  for (const [op, f] of Object.entries({ ...unary, ...binary })) helpers[`${dtype}_${op}`] = f
}

const operators: Readonly<Record<string, string | undefined>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  rem: '%',
  and: '&',
  or: '|',
  xor: '^',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '===',
  ne: '!==',
}
const comparing: ReadonlySet<string> = new Set(['lt', 'le', 'gt', 'ge', 'eq', 'ne'])

const inMath: ReadonlySet<string> = new Set(
  'abs floor ceil trunc sqrt exp expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh atan2 min max'.split(
    ' ',
  ),
)

function float(op: UnaryOp | BinaryOp, args: readonly string[], dtype: DType): string {
  const [a, b] = args
  const operator = operators[op]
  if (op === 'isnan') return `(${a} !== ${a})`
  if (comparing.has(op)) return `(${a} ${operator} ${b})`
  let code: string
  if (op === 'neg') code = `(-${a})`
  else if (operator) code = `(${a} ${operator} ${b})`
  else code = `${inMath.has(op) ? `Math.${op}` : `float_${op}`}(${args.join(', ')})`
  return dtype === 'float32' && !isExact(op) ? `fround(${code})` : code
}

const wrapped: Partial<Record<DType, (code: string) => string>> = {
  int32: (x) => `(${x} | 0)`,
  int16: (x) => `((${x}) << 16 >> 16)`,
  int8: (x) => `((${x}) << 24 >> 24)`,
  uint8: (x) => `((${x}) & 255)`,
}

function integer(op: UnaryOp | BinaryOp, args: readonly string[], dtype: DType): string {
  const [a, b] = args
  const wrap = wrapped[dtype]!
  switch (op) {
    case 'add':
    case 'sub':
      return wrap(`${a} ${operators[op]} ${b}`)
    case 'mul':
      return dtype === 'int32' ? `imul(${a}, ${b})` : wrap(`imul(${a}, ${b})`)
    case 'neg':
      return wrap(`-${a}`)
    case 'not':
      return wrap(`~${a}`)
    case 'div':
      return `(${b} === 0 ? 0 : ${wrap(`${a} / ${b}`)})`
    case 'rem':
      return `(${b} === 0 ? 0 : ${wrap(`${a} % ${b}`)})`
    case 'min':
      return `(${a} < ${b} ? ${a} : ${b})`
    case 'max':
      return `(${a} > ${b} ? ${a} : ${b})`
    default:
      return common(op, args, dtype)
  }
}

function longInteger(op: UnaryOp | BinaryOp, args: readonly string[]): string {
  const [a, b] = args
  switch (op) {
    case 'add':
    case 'sub':
    case 'mul':
      return `long(${a} ${operators[op]} ${b})`
    case 'neg':
      return `long(-${a})`
    case 'div':
    case 'rem':
      return `int64_${op}(${a}, ${b})`
    default:
      return common(op, args, 'int64')
  }
}

const common = (op: UnaryOp | BinaryOp, args: readonly string[], dtype: DType): string => {
  const operator = operators[op]
  return operator ? `(${args[0]} ${operator} ${args[1]})` : `${dtype}_${op}(${args.join(', ')})`
}

/** Truth values are JS booleans in generated code. */
const truth: Record<string, (a: string, b: string) => string> = {
  not: (a) => `(!${a})`,
  and: (a, b) => `(${a} && ${b})`,
  or: (a, b) => `(${a} || ${b})`,
  xor: (a, b) => `(${a} !== ${b})`,
  min: (a, b) => `(${a} && ${b})`,
  max: (a, b) => `(${a} || ${b})`,
  lt: (a, b) => `(!${a} && ${b})`,
  le: (a, b) => `(!${a} || ${b})`,
  gt: (a, b) => `(${a} && !${b})`,
  ge: (a, b) => `(${a} || !${b})`,
  eq: (a, b) => `(${a} === ${b})`,
  ne: (a, b) => `(${a} !== ${b})`,
}

function cast(from: DType, to: DType, x: string): string {
  const half = from === 'float16' || from === 'bfloat16'
  const value = from === 'bool' ? `(${x} ? 1 : 0)` : half ? `${from}Value(${x})` : x
  if (to === 'bool') {
    if (half) return `((${x} & 32767) !== 0)`
    return from === 'int64' ? `(${x} !== 0n)` : `(${x} !== 0)`
  }
  if (to === 'int64') {
    if (from === 'bool') return `(${x} ? 1n : 0n)`
    return dtypes[from].kind === 'int' ? `BigInt(${x})` : `toLong(${value})`
  }
  if (from === 'int64') {
    switch (to) {
      case 'float64':
        return `Number(${x})`
      case 'float32':
        return `longToFloat(${x})`
      case 'float16':
      case 'bfloat16':
        return `${to}Bits(longToFloat(${x}))`
      default:
        return wrapped[to]!(`Number(BigInt.asIntN(32, ${x}))`)
    }
  }
  switch (to) {
    case 'float64':
      return value
    case 'float32':
      return half || dtypes[from].size < 4 ? value : `fround(${x})`
    case 'float16':
    case 'bfloat16':
      return `${to}Bits(${value})`
    default:
      return from === 'bool' ? value : wrapped[to]!(value)
  }
}

const bitcasts: Partial<Record<DType, string>> = {
  float32: 'floatBits',
  int32: 'floatOfBits',
  float64: 'doubleBits',
  int64: 'doubleOfBits',
}

/** A value in its JS form as a literal. */
export function literalOf(scalar: Scalar): string {
  if (typeof scalar === 'bigint') return scalar < 0n ? `(${scalar}n)` : `${scalar}n`
  if (Object.is(scalar, -0)) return '(-0)'
  return typeof scalar === 'number' && scalar < 0 ? `(${scalar})` : String(scalar)
}

/** A literal of `dtype` in JS. */
export const literal = (value: number, dtype: DType): string => literalOf(scalarOf(value, dtype))

/** A run-time scalar, whose JS number is `x`, as a value of `dtype`. */
export const scalarCode = (x: string, dtype: DType): string => cast('float64', dtype, x)

/** Whether the JS of a node names an argument more than once. */
export const repeats = (node: Expr): boolean =>
  node.op === 'isnan' ||
  node.op === 'load' ||
  (/^(div|rem|min|max)$/.test(node.op) && dtypes[node.dtype].kind === 'int')

/** The JS of a node (unary, binary, where, cast or bitcast) from the JS of its arguments. */
export function operation(node: Expr, args: readonly string[]): string {
  const { op } = node
  const from = node.args[0].dtype
  if (op === 'where') return `(${args[0]} ? ${args[1]} : ${args[2]})`
  if (op === 'cast') return cast(from, node.dtype, args[0])
  if (op === 'bitcast') return `${bitcasts[from]}(${args[0]})`
  if (!isUnary(op) && !isBinary(op)) throw new InvalidKernel(`no code for ${op}`)
  switch (dtypes[from].kind) {
    case 'float':
      return float(op, args, from)
    case 'bool':
      return truth[op](args[0], args[1])
    default:
      return from === 'int64' ? longInteger(op, args) : integer(op, args, from)
  }
}
