import { bfloat16Bits, type DType, float16Bits } from '@sconce/backend'

const f32 = new Float32Array(1)
const i32 = new Int32Array(f32.buffer)
const f64 = new Float64Array(1)
const i64 = new BigInt64Array(f64.buffer)

/** Sign and magnitude to an order in which neighbouring floats are neighbouring integers. */
const ordered = (bits: number, sign: number): number => (bits & sign ? -(bits & (sign - 1)) : bits)

const keys: Partial<Record<DType, (value: number) => number>> = {
  float32: (value) => {
    f32[0] = value
    return i32[0] < 0 ? -(i32[0] & 0x7fffffff) : i32[0]
  },
  float16: (value) => ordered(float16Bits(value), 0x8000),
  bfloat16: (value) => ordered(bfloat16Bits(value), 0x8000),
}

function float64Key(value: number): bigint {
  f64[0] = value
  return i64[0] < 0n ? -(i64[0] & 0x7fffffffffffffffn) : i64[0]
}

/**
 * How many steps to the next representable number of `dtype` lie between two values: 0 if equal (0 and
 * -0 are), Infinity where just one is NaN or infinite.
 * @throws TypeError for a dtype that is not a float
 */
export function ulpDistance(a: number, b: number, dtype: DType): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY
  if (dtype === 'float64') {
    const difference = float64Key(a) - float64Key(b)
    return Number(difference < 0n ? -difference : difference)
  }
  const key = keys[dtype]
  if (!key) throw new TypeError(`${dtype} has no ULP`)
  return Math.abs(key(a) - key(b))
}
