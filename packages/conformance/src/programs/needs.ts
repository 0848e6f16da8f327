/** What a device must hold for a program. */
import type { DType } from '@sconce/backend'

/** Words of programs that make tensors of a dtype; int64 is not among them, as int32 may stand for it. */
const words: readonly (readonly [DType, RegExp])[] = [
  ['float64', /\b(float64|double)\b/],
  ['float16', /\b(float16|half)\b/],
  ['bfloat16', /\bbfloat16\b/],
  // Integers that int32 does not hold.
  ['int64', /\b2 ?\*\* ?(3[1-9]|[4-6]\d)\b|(?<![.\d])\d{11,}\b(?![.e])/],
]

/** The dtypes without which a program does not run. */
export const dtypesOfSource = (source: string): DType[] =>
  words.filter(([, pattern]) => pattern.test(source)).map(([dtype]) => dtype)
