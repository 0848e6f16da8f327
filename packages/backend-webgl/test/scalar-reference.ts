import { type BinaryOp, type DType, dtypes, type UnaryOp } from '@sconce/backend'

/** The scalar operations in double precision, as the oracle of the tests. */

const erfcFraction = (x: number): number => {
  if (x > 30) return 0
  // Lentz's evaluation of the continued fraction, for x >= 2.
  let [f, c, d] = [x, x, 0]
  for (let k = 1; k < 300; k++) {
    d = 1 / (x + (k / 2) * d)
    c = x + k / 2 / c
    f *= c * d
  }
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / f
}
const erfSeries = (x: number): number => {
  let [term, sum] = [x, x]
  for (let k = 1; k < 120; k++) {
    term *= (-x * x) / k
    sum += term / (2 * k + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}
const erf = (x: number): number =>
  Number.isNaN(x) || x === 0
    ? x
    : Math.abs(x) < 2
      ? erfSeries(x)
      : Math.sign(x) * (1 - erfcFraction(Math.abs(x)))
const erfc = (x: number): number =>
  Number.isNaN(x)
    ? x
    : Math.abs(x) < 2
      ? 1 - erfSeries(x)
      : x > 0
        ? erfcFraction(x)
        : 2 - erfcFraction(-x)

const lgammaPlus = (x: number): number => {
  if (x === Number.POSITIVE_INFINITY) return x
  // Up to where Stirling's series is exact in double precision.
  let shift = 0
  let y = x
  while (y < 12) shift -= Math.log(y++)
  const w = 1 / y
  const z = w * w
  const tail =
    w * (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - z / 360.36)))))
  return shift + (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + tail
}
const sinPi = (x: number): number => Math.sin(Math.PI * (x - Math.round(x)))
const lgamma = (x: number): number => {
  if (Number.isNaN(x)) return x
  if (!Number.isFinite(x) || (x <= 0 && Number.isInteger(x))) return Number.POSITIVE_INFINITY
  if (x === 1 || x === 2) return 0
  if (x > 0) return lgammaPlus(x)
  return Math.log(Math.PI / Math.abs(x * sinPi(x))) - lgammaPlus(-x)
}
const digammaPlus = (x: number): number => {
  let [y, sum] = [x, 0]
  while (y < 12) sum -= 1 / y++
  const z = 1 / (y * y)
  return (
    sum +
    Math.log(y) -
    0.5 / y -
    z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z / 132))))
  )
}
const digamma = (x: number): number => {
  if (x === 0) return Object.is(x, -0) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x
  if (x > 0) return digammaPlus(x)
  if (!(x !== Math.floor(x))) return Number.NaN
  const r = x - Math.round(x)
  return digammaPlus(1 - x) - Math.PI / Math.tan(Math.PI * r)
}

const roundEven = (x: number): number => {
  if (!Number.isFinite(x) || Math.abs(x) > 2 ** 51) return x
  const r = Math.round(Math.abs(x))
  const even = r - Math.abs(x) === 0.5 && r % 2 === 1 ? r - 1 : r
  return x < 0 || Object.is(x, -0) ? -even : even
}
const pow = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y
const floatMod = (a: number, b: number): number => {
  const r = a % b
  return r !== 0 && r < 0 !== b < 0 ? r + b : r
}
const withNan = (a: number, b: number, value: number): number =>
  Number.isNaN(a) ? a : Number.isNaN(b) ? b : value

type Unary = (x: number) => number
type Binary = (a: number, b: number) => number

const floatUnary: Partial<Record<UnaryOp, Unary>> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundEven,
  trunc: Math.trunc,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  erf,
  erfc,
  lgamma,
  digamma,
  isnan: (x) => Number(Number.isNaN(x)),
}

const comparisons: Partial<Record<BinaryOp, Binary>> = {
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  gt: (a, b) => Number(a > b),
  ge: (a, b) => Number(a >= b),
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
}

const floatBinary: Partial<Record<BinaryOp, Binary>> = {
  ...comparisons,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  rem: (a, b) => a % b,
  mod: floatMod,
  pow,
  atan2: Math.atan2,
  min: (a, b) => withNan(a, b, b < a ? b : a),
  max: (a, b) => withNan(a, b, b > a ? b : a),
}

const integerPower = (a: number, b: number): number => {
  if (b < 0) return a === 1 ? 1 : a === -1 ? (b % 2 === 0 ? 1 : -1) : 0
  let r = 1
  for (let i = 0; i < b; i++) r = Math.imul(r, a)
  return r
}

const integerBinary: Partial<Record<BinaryOp, Binary>> = {
  ...comparisons,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: Math.imul,
  div: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
  rem: (a, b) => (b === 0 ? 0 : a % b),
  mod: (a, b) => (b === 0 ? 0 : floatMod(a, b)),
  pow: integerPower,
  min: Math.min,
  max: Math.max,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => (b < 0 || b > 31 ? 0 : a << b),
  shr: (a, b) => (b < 0 || b > 31 ? a >> 31 : a >> b),
}

const integerUnary: Partial<Record<UnaryOp, Unary>> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  not: (x) => ~x,
}

const widths: Partial<Record<DType, Int32Array | Int16Array | Int8Array | Uint8Array>> = {
  int32: new Int32Array(1),
  int16: new Int16Array(1),
  int8: new Int8Array(1),
  uint8: new Uint8Array(1),
}

/** A result as the dtype holds it. */
export function rounded(value: number, dtype: DType): number {
  const width = widths[dtype]
  if (width) {
    width[0] = value
    return width[0]
  }
  if (dtype === 'bool') return Number(value !== 0)
  return dtypes[dtype].compute === 'float32' ? Math.fround(value) : value
}

/** An op on arguments of `dtype`, in double precision for floats. */
export function scalarOp(op: UnaryOp | BinaryOp, dtype: DType, args: readonly number[]): number {
  const { kind } = dtypes[dtype]
  if (kind === 'bool' && op === 'not') return Number(args[0] === 0)
  const unary = (kind === 'float' ? floatUnary : integerUnary)[op as UnaryOp]
  if (args.length === 1 && unary) return unary(args[0])
  const binary = (kind === 'float' ? floatBinary : integerBinary)[op as BinaryOp]
  if (!binary) throw new Error(`no reference for ${op} on ${dtype}`)
  return binary(args[0], args[1])
}
