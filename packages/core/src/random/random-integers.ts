import { bfloat16Bits, type DType, newArray, type TypedArray } from '@sconce/backend'
import { RuntimeError } from '../errors.ts'
import { generate, notImplemented, significandBits } from './elements.ts'
import type { Generator } from './generator.ts'
import { randomRange } from './integer-range.ts'
import { int64ToFloat32, LOW_WORD, Modulus64 } from './words.ts'

const TWO32 = 0x100000000
const INT64_MIN = -(1n << 63n)

/** Writes the signed 64-bit integer `high * 2^32 + low` at index `i`, cast to the dtype. */
type Store = (i: number, high: number, low: number) => void

/** Dtypes for which a range of 2^32 and more takes 64 random bits; the others take 32 in any case. */
const wide: readonly DType[] = ['int64', 'float64', 'float32', 'bfloat16']

/** The words of a `BigInt64Array`, to write integers without making a BigInt of each. */
const wordsOf = (out: BigInt64Array): Int32Array =>
  new Int32Array(out.buffer, out.byteOffset, out.length * 2)

function storeInto(dtype: DType, out: TypedArray): Store {
  if (out instanceof BigInt64Array) {
    const words = wordsOf(out)
    return (i, high, low) => {
      words[2 * i + LOW_WORD] = low
      words[2 * i + 1 - LOW_WORD] = high
    }
  }
  switch (dtype) {
    case 'float64':
      return (i, high, low) => {
        out[i] = high * TWO32 + (low >>> 0)
      }
    case 'float32':
      return (i, high, low) => {
        out[i] = int64ToFloat32(high, low)
      }
    case 'bfloat16':
      return (i, high, low) => {
        out[i] = bfloat16Bits(int64ToFloat32(high, low))
      }
    default:
      throw notImplemented(dtype, 'random_from_to_kernel_cpu')
  }
}

/** All 64 bits, as a signed integer. */
function full64(generator: Generator, dtype: DType, count: number): TypedArray {
  if (dtype === 'float16' || dtype === 'bool') {
    throw notImplemented(dtype, 'random_full_64_bits_range_kernel_cpu')
  }
  if (!wide.includes(dtype)) {
    throw new RuntimeError(
      'random_full_64_bits_range_kernel_cpu handles only int64, double, float and bfloat16',
    )
  }
  const out = newArray(dtype, count)
  const store = storeInto(dtype, out)
  for (let i = 0; i < count; i++) {
    const high = generator.random() | 0
    store(i, high, generator.random() | 0)
  }
  return out
}

/** `base + random % range` for a range of at most 2^32 and sums that are exact in a double. */
function narrow(
  generator: Generator,
  dtype: DType,
  count: number,
  range: number,
  base: number,
): TypedArray {
  const divisor = range >>> 0
  if (divisor === 0) {
    // The range is 2^32: the remainder is the random number itself.
    return generate(dtype, count, () => generator.random() + base)
  }
  if (dtype !== 'int64') {
    return generate(dtype, count, () => (generator.random() % divisor) + base)
  }
  const out = new BigInt64Array(count)
  const words = wordsOf(out)
  for (let i = 0; i < words.length; i += 2) {
    const value = (generator.random() % divisor) + base
    words[i + LOW_WORD] = value
    words[i + 1 - LOW_WORD] = Math.floor(value / TWO32)
  }
  return out
}

/** `base + random % range` in 64-bit integers. */
function broad(
  generator: Generator,
  dtype: DType,
  count: number,
  range: bigint,
  base: bigint,
): TypedArray {
  const out = newArray(dtype, count)
  const store = storeInto(dtype, out)
  const baseHigh = Number(base >> 32n)
  const baseLow = Number(base & 0xffffffffn)
  const modulus = range > 0xffffffffn ? new Modulus64(range) : undefined
  const divisor = Number(range)
  for (let i = 0; i < count; i++) {
    const random = generator.random()
    let high = 0
    let low = 0
    if (modulus === undefined) {
      low = random % divisor
    } else {
      modulus.reduce(random, generator.random())
      high = modulus.high
      low = modulus.low
    }
    low += baseLow
    high += baseHigh + (low >= TWO32 ? 1 : 0)
    store(i, high | 0, low | 0)
  }
  return out
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * `count` integers from [from, to): `torch.randint` and `Tensor.random_(from, to)`.
 * @param from an integer; a default of 0 is the caller's.
 * @param to null: up to the largest value that the dtype holds exactly, included.
 * @throws RuntimeError in PyTorch's words on an empty range or one the dtype can't hold.
 */
export function randint(
  generator: Generator,
  dtype: DType,
  count: number,
  from: number | bigint,
  to: number | bigint | null,
): TypedArray {
  if (to === null && BigInt(from) === INT64_MIN) return full64(generator, dtype, count)
  const { range, base } = randomRange(dtype, BigInt(from), to === null ? null : BigInt(to))
  const draws64 = range > 0xffffffffn && wide.includes(dtype)
  return !draws64 && base >= -SAFE && base + range <= SAFE
    ? narrow(generator, dtype, count, Number(range), Number(base))
    : broad(generator, dtype, count, range, base)
}

/** The range of `random_()` where 32 random bits are drawn for it. */
const wholeRange: Partial<Record<DType, number>> = {
  bool: 2,
  uint8: 2 ** 8,
  int8: 2 ** 7,
  int16: 2 ** 15,
  int32: 2 ** 31,
  float16: 2 ** significandBits.float16 + 1,
  bfloat16: 2 ** significandBits.bfloat16 + 1,
  float32: 2 ** significandBits.float32 + 1,
}

/**
 * `count` integers as `Tensor.random_()` draws them: non-negative ones of the dtype, for float
 * dtypes up to 2^(bits of the significand), for bool both values.
 */
export function random(generator: Generator, dtype: DType, count: number): TypedArray {
  const range = wholeRange[dtype]
  if (range !== undefined) return narrow(generator, dtype, count, range, 0)
  if (dtype === 'float64') return broad(generator, dtype, count, (1n << 53n) + 1n, 0n)
  const out = new BigInt64Array(count)
  const words = wordsOf(out)
  for (let i = 0; i < words.length; i += 2) {
    words[i + 1 - LOW_WORD] = generator.random() & 0x7fffffff
    words[i + LOW_WORD] = generator.random()
  }
  return out
}

/**
 * The seed that a DataLoader, a sampler or a worker draws:
 * `torch.empty((), dtype=torch.int64).random_()`.
 */
export const drawSeed = (generator: Generator): bigint => generator.random64() & 0x7fffffffffffffffn
