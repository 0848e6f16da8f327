/** Arithmetic on 64-bit integers as pairs of 32-bit words, for loops in which a BigInt is too slow. */

const TWO32 = 0x100000000

/** High 32 bits of the product of two unsigned 32-bit numbers. */
export function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const middle = a1 * b0 + ((a0 * b0) >>> 16)
  const carry = (middle & 0xffff) + a0 * b1
  return (a1 * b1 + (middle >>> 16) + (carry >>> 16)) >>> 0
}

/** Index of the low word of a 64-bit element in a `Int32Array` on the same memory. */
export const LOW_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1

/** The float32 nearest to the signed 64-bit integer `high * 2^32 + low`. */
export function int64ToFloat32(high: number, low: number): number {
  // Through a double it would be rounded twice: keep the bits that fit, and one that says whether
  // anything was below them.
  if (high >= 0x100000 || high < -0x100000) {
    const sticky = low & 0x7ff ? 0x800 : 0
    return Math.fround(high * TWO32 + (((low & ~0x7ff) | sticky) >>> 0))
  }
  return Math.fround(high * TWO32 + (low >>> 0))
}

/** `value % divisor` for unsigned 64-bit numbers and a divisor of at least 2^32. */
export class Modulus64 {
  /** The remainder of the last `reduce`, as unsigned words. */
  high = 0
  low = 0
  readonly #high: number
  readonly #low: number
  readonly #inverse: number

  constructor(divisor: bigint) {
    this.#high = Number(divisor >> 32n)
    this.#low = Number(divisor & 0xffffffffn)
    // A little too small, so that the estimated quotient is right or one too small.
    this.#inverse = (1 - 2 ** -50) / (this.#high * TWO32 + this.#low)
  }

  /** Leaves the remainder of `high * 2^32 + low` in this object. */
  reduce(high: number, low: number): void {
    const quotient = Math.floor((high * TWO32 + low) * this.#inverse) >>> 0
    const productLow = Math.imul(quotient, this.#low) >>> 0
    const productHigh = mulHigh(quotient, this.#low) + Math.imul(quotient, this.#high)
    let restHigh = (high - productHigh - (low < productLow ? 1 : 0)) >>> 0
    let restLow = (low - productLow) >>> 0
    if (restHigh > this.#high || (restHigh === this.#high && restLow >= this.#low)) {
      restHigh = (restHigh - this.#high - (restLow < this.#low ? 1 : 0)) >>> 0
      restLow = (restLow - this.#low) >>> 0
    }
    this.high = restHigh
    this.low = restLow
  }
}
