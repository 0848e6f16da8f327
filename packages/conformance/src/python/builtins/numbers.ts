import { toBigInt } from '../runtime/arithmetic.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { decompose } from '../text/decimal.ts'
import { raise } from '../values/errors.ts'
import { Tuple, type Value } from '../values/value.ts'
import { defineAttributes, defineMethods } from './methods.ts'

const isFloat = (value: Value): value is number => typeof value === 'number'
const isInteger = (value: Value): value is bigint | boolean =>
  typeof value === 'bigint' || typeof value === 'boolean'

const magnitude = (value: bigint | boolean): bigint => {
  const int = toBigInt(value)
  return int < 0n ? -int : int
}

/** Numerator and denominator, in lowest terms. */
function ratio(value: number): Tuple {
  if (!Number.isFinite(value))
    throw raise('OverflowError', 'cannot convert Infinity or NaN to integer ratio')
  let { mantissa, exponent } = decompose(value)
  while (mantissa !== 0n && exponent < 0 && mantissa % 2n === 0n) {
    mantissa /= 2n
    exponent++
  }
  const signed = value < 0 ? -mantissa : mantissa
  if (exponent >= 0 || mantissa === 0n)
    return new Tuple([signed << BigInt(Math.max(exponent, 0)), 1n])
  return new Tuple([signed, 1n << BigInt(-exponent)])
}

export function defineNumbers(rt: Runtime): void {
  defineMethods(rt, rt.type('int'), isInteger, {
    bit_length: (self) => BigInt(magnitude(self) === 0n ? 0 : magnitude(self).toString(2).length),
    bit_count: (self) => BigInt(magnitude(self).toString(2).replaceAll('0', '').length),
    conjugate: (self) => toBigInt(self),
    as_integer_ratio: (self) => new Tuple([toBigInt(self), 1n]),
  })
  defineAttributes(rt.type('int'), isInteger, {
    real: (self) => toBigInt(self),
    imag: () => 0n,
    numerator: (self) => toBigInt(self),
    denominator: () => 1n,
  })
  defineMethods(rt, rt.type('float'), isFloat, {
    is_integer: (self) => Number.isInteger(self),
    conjugate: (self) => self,
    as_integer_ratio: (self) => ratio(self),
  })
  defineAttributes(rt.type('float'), isFloat, { real: (self) => self, imag: () => 0 })
}
