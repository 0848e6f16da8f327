import type { DType } from '@sconce/backend'

/** The numbers of a float dtype; `torch.finfo`. */
export interface FloatInfo {
  readonly bits: number
  readonly eps: number
  readonly max: number
  readonly min: number
  /** Smallest positive normal number. */
  readonly tiny: number
}

const floats: Partial<Record<DType, FloatInfo>> = {
  float32: {
    bits: 32,
    eps: 2 ** -23,
    max: (2 - 2 ** -23) * 2 ** 127,
    min: -(2 - 2 ** -23) * 2 ** 127,
    tiny: 2 ** -126,
  },
  float64: {
    bits: 64,
    eps: 2 ** -52,
    max: Number.MAX_VALUE,
    min: -Number.MAX_VALUE,
    tiny: 2 ** -1022,
  },
  float16: { bits: 16, eps: 2 ** -10, max: 65504, min: -65504, tiny: 2 ** -14 },
  bfloat16: {
    bits: 16,
    eps: 2 ** -7,
    max: (2 - 2 ** -7) * 2 ** 127,
    min: -(2 - 2 ** -7) * 2 ** 127,
    tiny: 2 ** -126,
  },
}

/** `torch.finfo`. */
export function finfo(dtype: DType): FloatInfo {
  const info = floats[dtype]
  if (!info) throw new TypeError(`torch.finfo() requires a floating point input type, not ${dtype}`)
  return info
}

/** Bounds of the integer dtypes; int64's are bigints, since numbers can't hold them. */
export const integerLimits: Partial<Record<DType, { readonly min: bigint; readonly max: bigint }>> =
  {
    uint8: { min: 0n, max: 255n },
    int8: { min: -128n, max: 127n },
    int16: { min: -(2n ** 15n), max: 2n ** 15n - 1n },
    int32: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
    int64: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
  }
