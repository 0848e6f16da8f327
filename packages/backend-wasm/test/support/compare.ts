import { bfloat16Value, type DType, dtypes, float16Value, type TypedArray } from '@sconce/backend'

const f32 = new Float32Array(1)
const i32 = new Int32Array(f32.buffer)
const f64 = new Float64Array(1)
const i64 = new BigInt64Array(f64.buffer)

/** Position of a float32 on the line of all float32 values; both zeros have one. */
function order32(x: number): number {
  f32[0] = x
  return i32[0] < 0 ? -(i32[0] & 0x7fffffff) : i32[0]
}

function order64(x: number): bigint {
  f64[0] = x
  return i64[0] < 0n ? -(i64[0] & 0x7fffffffffffffffn) : i64[0]
}

/** Distance of two values in units of the last place; infinite where only one is NaN. */
export function ulps(a: number, b: number, dtype: DType): number {
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number.isNaN(a) && Number.isNaN(b) ? 0 : Number.POSITIVE_INFINITY
  }
  if (dtype === 'float64') {
    const distance = order64(a) - order64(b)
    return Number(distance < 0n ? -distance : distance)
  }
  return Math.abs(order32(a) - order32(b))
}

/** Elements as numbers; int64 as bigint. */
export function values(data: TypedArray, dtype: DType): (number | bigint)[] {
  const list = [...data]
  if (dtype === 'float16') return list.map((x) => float16Value(x as number))
  if (dtype === 'bfloat16') return list.map((x) => bfloat16Value(x as number))
  return list
}

export interface Tolerance {
  readonly ulps?: number
  /** Whether -0 is another value than 0. Which zero is the lesser is not specified, hence the default: no. */
  readonly zeros?: boolean
  /** Absolute, for what is known to be inexact near a zero. */
  readonly absolute?: number
}

/** The first element that differs by more than is tolerated, in words; undefined if there is none. */
export function difference(
  actual: TypedArray,
  expected: TypedArray,
  dtype: DType,
  { ulps: most = 0, absolute = 0, zeros = false }: Tolerance = {},
): string | undefined {
  const [a, b] = [values(actual, dtype), values(expected, dtype)]
  if (a.length !== b.length) return `${a.length} elements, not ${b.length}`
  for (let i = 0; i < a.length; i++) {
    if (dtypes[dtype].kind !== 'float') {
      if (a[i] !== b[i]) return `[${i}] is ${a[i]}, not ${b[i]}`
      continue
    }
    const [x, y] = [a[i] as number, b[i] as number]
    if (zeros && x === 0 && y === 0 && !Object.is(x, y)) return `[${i}] is another zero`
    const half = dtype === 'float16' || dtype === 'bfloat16'
    const distance = half
      ? Object.is(x, y) || x === y
        ? 0
        : Number.POSITIVE_INFINITY
      : ulps(x, y, dtype)
    if (distance > most && !(Math.abs(x - y) <= absolute)) {
      return `[${i}] is ${x}, not ${y} (${distance} ULP)`
    }
  }
  return undefined
}
