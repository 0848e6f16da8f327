import type { DType } from '@sconce/backend'
import type { FloatDType } from './elements.ts'

/** Largest finite number of a float dtype (`std::numeric_limits<T>::max()`). */
export const largestFloat: Record<FloatDType, number> = {
  float16: 65504,
  bfloat16: (2 - 2 ** -7) * 2 ** 127,
  float32: (2 - 2 ** -23) * 2 ** 127,
  float64: Number.MAX_VALUE,
}

/** Smallest and largest value of an integer dtype or bool. */
export const integerRange: Partial<Record<DType, readonly [bigint, bigint]>> = {
  bool: [0n, 1n],
  uint8: [0n, 255n],
  int8: [-128n, 127n],
  int16: [-(1n << 15n), (1n << 15n) - 1n],
  int32: [-(1n << 31n), (1n << 31n) - 1n],
  int64: [-(1n << 63n), (1n << 63n) - 1n],
}

/** What PyTorch calls the dtype where it prints the C++ type. */
export const typeNames: Record<DType, string> = {
  float32: 'float',
  float64: 'double',
  float16: 'c10::Half',
  bfloat16: 'c10::BFloat16',
  int64: 'long int',
  int32: 'int',
  int16: 'short int',
  int8: 'signed char',
  uint8: 'unsigned char',
  bool: 'bool',
}
