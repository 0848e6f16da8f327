import { type DType, dtypes } from '@sconce/backend'
import type { Arithmetic, Bitwise } from './float.ts'

type Unary = 'neg' | 'abs' | 'sign' | 'not'

export interface IntegerOps<T> {
  readonly unary: Readonly<Record<Unary, (x: T) => T>>
  readonly binary: Readonly<Record<Arithmetic | Bitwise, (a: T, b: T) => T>>
}

/** The integer types whose values are JS numbers. */
export type Narrow = 'int32' | 'int16' | 'int8' | 'uint8'

export const isNarrow = (dtype: DType): dtype is Narrow => Object.hasOwn(wraps, dtype)

/** Wraps an integer around modulo 2^bits. */
export const wraps: Readonly<Record<Narrow, (x: number) => number>> = {
  int32: (x) => x | 0,
  int16: (x) => (x << 16) >> 16,
  int8: (x) => (x << 24) >> 24,
  uint8: (x) => x & 255,
}

function power(a: number, b: number): number {
  if (b < 0) return a === 1 ? 1 : a === -1 ? (b & 1 ? -1 : 1) : 0
  let result = 1
  for (let base = a, n = b; n > 0; n >>= 1) {
    if (n & 1) result = Math.imul(result, base)
    base = Math.imul(base, base)
  }
  return result
}

function mod(a: number, b: number): number {
  if (b === 0) return 0
  const rest = a % b
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
}

/** Integer ops of up to 32 bits on JS numbers. */
function ops(dtype: Narrow): IntegerOps<number> {
  const wrap = wraps[dtype]
  const bits = dtypes[dtype].size * 8
  return {
    unary: {
      neg: (x) => wrap(-x),
      abs: (x) => wrap(Math.abs(x)),
      sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0),
      not: (x) => wrap(~x),
    },
    binary: {
      add: (a, b) => wrap(a + b),
      sub: (a, b) => wrap(a - b),
      mul: (a, b) => wrap(Math.imul(a, b)),
      div: (a, b) => (b === 0 ? 0 : wrap(a / b)),
      rem: (a, b) => (b === 0 ? 0 : wrap(a % b)),
      mod: (a, b) => wrap(mod(a, b)),
      pow: (a, b) => wrap(power(a, b)),
      min: (a, b) => Math.min(a, b),
      max: (a, b) => Math.max(a, b),
      and: (a, b) => a & b,
      or: (a, b) => a | b,
      xor: (a, b) => a ^ b,
      shl: (a, b) => (b < 0 || b >= bits ? 0 : wrap(a << b)),
      shr: (a, b) => (b < 0 || b >= bits ? (a < 0 ? -1 : 0) : a >> b),
    },
  }
}

export const integers: Readonly<Record<Narrow, IntegerOps<number>>> = {
  int32: ops('int32'),
  int16: ops('int16'),
  int8: ops('int8'),
  uint8: ops('uint8'),
}

const long = (x: bigint): bigint => BigInt.asIntN(64, x)

function longPower(a: bigint, b: bigint): bigint {
  if (b < 0n) return a === 1n ? 1n : a === -1n ? (b & 1n ? -1n : 1n) : 0n
  let result = 1n
  for (let base = a, n = b; n > 0n; n >>= 1n) {
    if (n & 1n) result = long(result * base)
    base = long(base * base)
  }
  return result
}

function longMod(a: bigint, b: bigint): bigint {
  if (b === 0n) return 0n
  const rest = a % b
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest
}

/** int64 ops on BigInt. */
export const longs: IntegerOps<bigint> = {
  unary: {
    neg: (x) => long(-x),
    abs: (x) => (x < 0n ? long(-x) : x),
    sign: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
    not: (x) => ~x,
  },
  binary: {
    add: (a, b) => long(a + b),
    sub: (a, b) => long(a - b),
    mul: (a, b) => long(a * b),
    div: (a, b) => (b === 0n ? 0n : long(a / b)),
    rem: (a, b) => (b === 0n ? 0n : a % b),
    mod: longMod,
    pow: longPower,
    min: (a, b) => (a < b ? a : b),
    max: (a, b) => (a > b ? a : b),
    and: (a, b) => a & b,
    or: (a, b) => a | b,
    xor: (a, b) => a ^ b,
    shl: (a, b) => (b < 0n || b >= 64n ? 0n : long(a << b)),
    shr: (a, b) => (b < 0n || b >= 64n ? (a < 0n ? -1n : 0n) : a >> b),
  },
}
