import {
  abs,
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cat,
  chunk,
  clamp,
  div,
  ge,
  gt,
  le,
  lt,
  mul,
  ne,
  neg,
  split,
  splitWithSizes,
  sub,
  trunc,
} from './functions.ts'

/* Names that PyTorch has beside those of the op table. */

export const absolute = abs
export const arccos = acos
export const arccosh = acosh
export const arcsin = asin
export const arcsinh = asinh
export const arctan = atan
export const arctan2 = atan2
export const arctanh = atanh
export const clip = clamp
export const divide = div
export const trueDivide = div
export const fix = trunc
export const greater = gt
export const greaterEqual = ge
export const less = lt
export const lessEqual = le
export const multiply = mul
export const negative = neg
export const notEqual = ne
export const subtract = sub
export const concatenate = cat
export const unsafeChunk = chunk
export const unsafeSplit = split
export const unsafeSplitWithSizes = splitWithSizes
