/** Python's arithmetic on `int` (bigint), `float` (number) and `bool`. */
import type { BinaryOperator, UnaryOperator } from '../syntax/ast.ts'
import { raise } from '../values/errors.ts'
import type { Value } from '../values/value.ts'

export type PyNumber = boolean | bigint | number

export const isNumber = (value: Value): value is PyNumber =>
  typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean'

/** A float is a number, an int a bigint or a boolean. */
export const isInt = (value: Value): value is bigint | boolean =>
  typeof value === 'bigint' || typeof value === 'boolean'

export const toBigInt = (value: bigint | boolean): bigint =>
  typeof value === 'bigint' ? value : value ? 1n : 0n

/** @throws PyError OverflowError for an int beyond the range of floats */
export function toNumber(value: PyNumber): number {
  const result = Number(value)
  if (!Number.isFinite(result) && typeof value === 'bigint')
    throw raise('OverflowError', 'int too large to convert to float')
  return result
}

/** @throws PyError for NaN and infinities */
export function truncate(value: number): bigint {
  if (Number.isNaN(value)) throw raise('ValueError', 'cannot convert float NaN to integer')
  if (!Number.isFinite(value))
    throw raise('OverflowError', 'cannot convert float infinity to integer')
  return BigInt(Math.trunc(value))
}

/** Nearest integer; a tie goes to the even one. */
export function roundEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

const zeroDivision = (message: string): Error => raise('ZeroDivisionError', message)
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)
const bitLength = (value: bigint): number => magnitude(value).toString(2).length

export function floorDivide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw zeroDivision('integer division or modulo by zero')
  const quotient = a / b
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient
}

export function modulo(a: bigint, b: bigint): bigint {
  if (b === 0n) throw zeroDivision('integer modulo by zero')
  const rest = a % b
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest
}

const isExact = (value: bigint): boolean => magnitude(value) <= 2n ** 53n

/** The float nearest to the quotient, however large the operands. */
function trueDivide(a: bigint, b: bigint): number {
  if (b === 0n) throw zeroDivision('division by zero')
  if (isExact(a) && isExact(b)) return Number(a) / Number(b)
  // A quotient of at least 66 bits; what was cut off only matters as a last bit that is not zero.
  const shift = Math.max(66 - bitLength(a) + bitLength(b), 0)
  const numerator = magnitude(a) << BigInt(shift)
  const quotient = numerator / magnitude(b)
  const sticky = numerator % magnitude(b) === 0n ? 0n : 1n
  const half = Math.floor(shift / 2)
  const result = Number(quotient | sticky) * 2 ** -half * 2 ** -(shift - half)
  if (!Number.isFinite(result))
    throw raise('OverflowError', 'integer division result too large for a float')
  return a < 0n !== b < 0n ? -result : result
}

function shiftCount(count: bigint): bigint {
  if (count < 0n) throw raise('ValueError', 'negative shift count')
  return count
}

function floatModulo(a: number, b: number): number {
  if (b === 0) throw zeroDivision('float modulo')
  const rest = a % b
  if (rest === 0) return b < 0 || Object.is(b, -0) ? -0 : 0
  return rest < 0 !== b < 0 ? rest + b : rest
}

function floatFloorDivide(a: number, b: number): number {
  if (b === 0) throw zeroDivision('float floor division by zero')
  const quotient = (a - floatModulo(a, b)) / b
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0
  const floor = Math.floor(quotient)
  return quotient - floor > 0.5 ? floor + 1 : floor
}

function floatPower(a: number, b: number): number {
  // Where C and JavaScript differ.
  if (a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY)))
    return 1
  if (a === 0 && b < 0) throw zeroDivision('0.0 cannot be raised to a negative power')
  if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b))
    throw raise('ValueError', 'complex numbers are not supported')
  const result = a ** b
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b))
    throw raise('OverflowError', 34n, 'Numerical result out of range')
  return result
}

type IntRule = (a: bigint, b: bigint) => Value
type FloatRule = (a: number, b: number) => Value

const INT: { [op in BinaryOperator]?: IntRule } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': trueDivide,
  '//': floorDivide,
  '%': modulo,
  '**': (a, b) => (b < 0n ? floatPower(toNumber(a), toNumber(b)) : a ** b),
  '<<': (a, b) => a << shiftCount(b),
  '>>': (a, b) => a >> shiftCount(b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
}

const FLOAT: { [op in BinaryOperator]?: FloatRule } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => {
    if (b === 0) throw zeroDivision('float division by zero')
    return a / b
  },
  '//': floatFloorDivide,
  '%': floatModulo,
  '**': floatPower,
}

const LOGIC: ReadonlySet<BinaryOperator> = new Set(['&', '|', '^'])

/** Undefined where numbers have no such operator. */
export function binaryNumber(op: BinaryOperator, a: PyNumber, b: PyNumber): Value | undefined {
  if (typeof a === 'number' || typeof b === 'number') return FLOAT[op]?.(toNumber(a), toNumber(b))
  const result = INT[op]?.(toBigInt(a), toBigInt(b))
  return typeof a === 'boolean' && typeof b === 'boolean' && LOGIC.has(op) ? result !== 0n : result
}

export function unaryNumber(op: UnaryOperator, value: PyNumber): Value | undefined {
  if (typeof value === 'number') return op === '~' ? undefined : op === '-' ? -value : value
  const int = toBigInt(value)
  return op === '-' ? -int : op === '~' ? ~int : int
}

/** -1, 0, 1, or NaN where one of them is NaN; exact also between ints and floats. */
export function compareNumbers(a: PyNumber, b: PyNumber): number {
  const x = typeof a === 'boolean' ? Number(a) : a
  const y = typeof b === 'boolean' ? Number(b) : b
  if (x < y) return -1
  if (x > y) return 1
  return x <= y ? 0 : Number.NaN
}
