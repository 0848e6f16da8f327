/**
 * Conversions between float32 and the bits of the two half-precision storage types, rounding to
 * nearest even as IEEE 754 and PyTorch do.
 */
const f32 = new Float32Array(1)
const u32 = new Uint32Array(f32.buffer)

/** Bits of the float16 nearest to `value` (ties to even; overflow gives infinity). */
export function float16Bits(value: number): number {
  f32[0] = value
  const bits = u32[0]
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  // 65520 is the midpoint between the largest half and the next power of two.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude < 0x38800000) {
    // Subnormal: adding 0.5 aligns the mantissa so that the FPU does the rounding.
    u32[0] = magnitude
    f32[0] = f32[0] + 0.5
    return sign | (u32[0] - 0x3f000000)
  }
  const odd = (magnitude >>> 13) & 1
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13)
}

function decode16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 31
  const mantissa = bits & 0x3ff
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY
  if (exponent === 0) return sign * mantissa * 2 ** -24
  return sign * (1024 + mantissa) * 2 ** (exponent - 25)
}

/** The values of all float16 bit patterns; made when the first is asked for. */
let values16: Float32Array | undefined

/** The number that float16 `bits` stand for. */
export function float16Value(bits: number): number {
  values16 ??= Float32Array.from({ length: 1 << 16 }, (_, i) => decode16(i))
  return values16[bits & 0xffff]
}

/** Bits of the bfloat16 nearest to `value` (ties to even). */
export function bfloat16Bits(value: number): number {
  f32[0] = value
  const bits = u32[0]
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fc0
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff
}

/** The number that bfloat16 `bits` stand for. */
export function bfloat16Value(bits: number): number {
  u32[0] = bits << 16
  return f32[0]
}
