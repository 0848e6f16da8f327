import type { Vec } from './vec.ts'

/** float32 that the bits of four float16 stand for: subnormals come right by the multiplication. */
export function fromFloat16(bits: Vec): Vec {
  const magnitude = bits.and(0x7fff)
  const scaled = magnitude
    .shl(13)
    .asFloat()
    .mul(2 ** 112)
  const special = magnitude.ge(0x7c00)
  const value = special.keep(bits.like(0x7f800000)).or(scaled.asInt())
  return value.or(bits.and(0x8000).shl(16)).asFloat()
}

/** Bits of the nearest float16, ties to even. */
export function toFloat16(x: Vec): Vec {
  const bits = x.asInt()
  const magnitude = bits.and(0x7fffffff)
  const sign = bits.shru(16).and(0x8000)
  const odd = magnitude.shru(13).and(1)
  const normal = magnitude
    .add(odd)
    .add(0xfff - 0x38000000)
    .shru(13)
  // Subnormal: adding 0.5 aligns the mantissa so that the addition does the rounding.
  const small = magnitude.asFloat().add(0.5).asInt().sub(0x3f000000)
  const finite = magnitude.lt(0x38800000).select(small, normal)
  const infinite = magnitude.ge(0x477ff000).select(bits.like(0x7c00), finite)
  const nan = magnitude.gt(0x7f800000).select(infinite.like(0x7e00), infinite)
  return nan.or(sign)
}

/** float32 that the bits of four bfloat16 stand for. */
export const fromBfloat16 = (bits: Vec): Vec => bits.shl(16).asFloat()

/** Bits of the nearest bfloat16, ties to even. */
export function toBfloat16(x: Vec): Vec {
  const bits = x.asInt()
  const rounded = bits.add(bits.shru(16).and(1)).add(0x7fff).shru(16)
  return x.isNaN().select(rounded.like(0x7fc0), rounded)
}
