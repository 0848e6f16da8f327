import { constant, type Expr, type ExprLike } from '@sconce/backend'
import {
  PHILOX_MULTIPLIER_0,
  PHILOX_MULTIPLIER_1,
  PHILOX_ROUNDS,
  PHILOX_WEYL_0,
  PHILOX_WEYL_1,
} from './philox.ts'

/*
 * The numbers of `philox.ts` as expressions, for `map` kernels that draw on the device. Only int32
 * arithmetic modulo 2^32 is used, which every backend has; unsigned words are the same bits.
 */

/** Position in a stream, as int32 expressions: in a kernel its run-time scalars. */
export interface PhiloxPosition {
  /** Low and high word of the seed. */
  readonly seed: readonly [Expr, Expr]
  /** Low and high word of the offset, in blocks of four words. */
  readonly offset: readonly [Expr, Expr]
}

const int32 = (value: number): Expr => constant(value | 0, 'int32')

/** Shift to the right that fills with zeros; the shift of the kernel language keeps the sign. */
const shiftRight = (x: Expr, by: number): Expr => x.shr(by).and(2 ** (32 - by) - 1)

/** `a < b` of unsigned words. */
const lessUnsigned = (a: Expr, b: Expr): Expr => a.xor(int32(1 << 31)).lt(b.xor(int32(1 << 31)))

/** High word of the product of an unsigned constant and an unsigned word. */
function mulHigh(a: number, b: Expr): Expr {
  const a0 = int32(a & 0xffff)
  const a1 = int32(a >>> 16)
  const b0 = b.and(0xffff)
  const b1 = shiftRight(b, 16)
  const middle = a1.mul(b0).add(shiftRight(a0.mul(b0), 16))
  const carry = a0.mul(b1).add(middle.and(0xffff))
  return a1.mul(b1).add(shiftRight(middle, 16)).add(shiftRight(carry, 16))
}

/** The four words of the block at a counter of two words, in the stream of subsequence 0. */
function block(seed: readonly [Expr, Expr], low: Expr, high: Expr): readonly Expr[] {
  let [k0, k1] = seed
  let c: readonly [Expr, Expr, Expr, Expr] = [low, high, int32(0), int32(0)]
  for (let round = 0; round < PHILOX_ROUNDS; round++) {
    c = [
      mulHigh(PHILOX_MULTIPLIER_1, c[2]).xor(c[1]).xor(k0),
      int32(PHILOX_MULTIPLIER_1).mul(c[2]),
      mulHigh(PHILOX_MULTIPLIER_0, c[0]).xor(c[3]).xor(k1),
      int32(PHILOX_MULTIPLIER_0).mul(c[0]),
    ]
    k0 = k0.add(int32(PHILOX_WEYL_0))
    k1 = k1.add(int32(PHILOX_WEYL_1))
  }
  return c
}

/**
 * The word at a linear index of the stream that `fillPhilox(out, seed, offset)` writes: an int32
 * expression of 32 random bits. Position and index are all that it depends on, so that a device may
 * compute the elements in any order, and a later draw goes on at `offset + ceil(count / 4)`.
 * @param index an int32 expression, not negative.
 */
export function philoxWord({ seed, offset }: PhiloxPosition, index: Expr): Expr {
  const low = offset[0].add(index.shr(2))
  const carry = lessUnsigned(low, offset[0]).cast('int32')
  const words = block(seed, low, offset[1].add(carry))
  const lane = index.and(3)
  return lane
    .lt(2)
    .where(lane.eq(0).where(words[0], words[1]), lane.eq(2).where(words[2], words[3]))
}

/** The word at `index` as a float32 in [0, 1) of its upper 24 bits, exact: `unitFloat32`. */
export const philoxUniform = (position: PhiloxPosition, index: Expr): Expr =>
  shiftRight(philoxWord(position, index), 8)
    .cast('float32')
    .mul(2 ** -24)

/** Whether the uniform number at `index` is less than `p`, a float32 expression or a number. */
export const philoxBernoulli = (position: PhiloxPosition, index: Expr, p: ExprLike): Expr =>
  philoxUniform(position, index).lt(p)

const words = (value: number | bigint): [number, number] => {
  const bits = BigInt(value)
  return [Number(BigInt.asIntN(32, bits)), Number(BigInt.asIntN(32, bits >> 32n))]
}

/** Values of the four scalars of a position, in the order seed low, high, offset low, high. */
export const philoxScalars = (
  seed: number | bigint,
  offset: number | bigint = 0,
): [number, number, number, number] => [...words(seed), ...words(offset)]
