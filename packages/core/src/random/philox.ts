import { mulHigh } from './words.ts'

/*
 * Philox4x32 with ten rounds: a generator without state, whose numbers are a function of the seed
 * and their position. The host reference for kernels that draw on a device.
 * Source: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
 */
export const PHILOX_MULTIPLIER_0 = 0xd2511f53
export const PHILOX_MULTIPLIER_1 = 0xcd9e8d57
export const PHILOX_WEYL_0 = 0x9e3779b9
export const PHILOX_WEYL_1 = 0xbb67ae85
export const PHILOX_ROUNDS = 10

/**
 * Encrypts a counter of four words with a key of two, into `out[at…at+3]`. Words are taken modulo
 * 2^32.
 */
export function philox4x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  out: Uint32Array,
  at = 0,
): void {
  let k0 = key0
  let k1 = key1
  let c0 = counter0
  let c1 = counter1
  let c2 = counter2
  let c3 = counter3
  for (let round = 0; round < PHILOX_ROUNDS; round++) {
    const high0 = mulHigh(PHILOX_MULTIPLIER_0, c0)
    const high1 = mulHigh(PHILOX_MULTIPLIER_1, c2)
    const low0 = Math.imul(PHILOX_MULTIPLIER_0, c0)
    const low1 = Math.imul(PHILOX_MULTIPLIER_1, c2)
    c0 = high1 ^ c1 ^ k0
    c1 = low1
    c2 = high0 ^ c3 ^ k1
    c3 = low0
    k0 = (k0 + PHILOX_WEYL_0) | 0
    k1 = (k1 + PHILOX_WEYL_1) | 0
  }
  out[at] = c0
  out[at + 1] = c1
  out[at + 2] = c2
  out[at + 3] = c3
}

const low32 = (value: bigint): number => Number(value & 0xffffffffn)

/**
 * Fills `out` with the numbers of the stream of `seed` from block `offset` on, four words a block:
 * what `at::Philox4_32(seed, subsequence, offset)` draws.
 * @param seed the key; any integer, modulo 2^64.
 * @param offset the low half of the counter, in blocks of four words.
 * @param subsequence the high half of the counter: streams that never meet.
 */
export function fillPhilox(
  out: Uint32Array,
  seed: number | bigint,
  offset: number | bigint = 0,
  subsequence: number | bigint = 0,
): void {
  const key = BigInt(seed)
  const stream = BigInt(subsequence)
  const key0 = low32(key)
  const key1 = low32(key >> 32n)
  const stream0 = low32(stream)
  const stream1 = low32(stream >> 32n)
  const first = BigInt(offset)
  let low = low32(first)
  let high = low32(first >> 32n)
  const block = new Uint32Array(4)
  for (let i = 0; i < out.length; i += 4) {
    philox4x32(key0, key1, low, high, stream0, stream1, block)
    for (let j = 0; j < 4 && i + j < out.length; j++) out[i + j] = block[j]
    low = (low + 1) >>> 0
    if (low === 0) high = (high + 1) >>> 0
  }
}

/** One block of the stream: four unsigned 32-bit numbers. See {@link fillPhilox}. */
export function philox(
  seed: number | bigint,
  offset: number | bigint = 0,
  subsequence: number | bigint = 0,
): [number, number, number, number] {
  const out = new Uint32Array(4)
  fillPhilox(out, seed, offset, subsequence)
  return [out[0], out[1], out[2], out[3]]
}

/** A float32 in [0, 1) of the upper 24 of 32 random bits, exact. */
export const unitFloat32 = (word: number): number => (word >>> 8) * 2 ** -24
