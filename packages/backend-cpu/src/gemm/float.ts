import { bfloat16Value, type DType, float16Value, SconceError } from '@sconce/backend'
import { floats } from '../elements.ts'
import type { Arithmetic, Side } from './arithmetic.ts'

type Floats = Float64Array

function pack(
  { data, base, outer, inner }: Side,
  from: number,
  to: number,
  start: number,
  end: number,
  into: Floats,
): void {
  if (data instanceof BigInt64Array) throw new SconceError('a float operand holds int64')
  let at = 0
  for (let i = from; i < to; i += 4) {
    const left = to - i
    const o0 = base + outer[i]
    const o1 = left > 1 ? base + outer[i + 1] : o0
    const o2 = left > 2 ? base + outer[i + 2] : o0
    const o3 = left > 3 ? base + outer[i + 3] : o0
    for (let p = start; p < end; p++, at += 4) {
      const q = inner[p]
      into[at] = data[o0 + q]
      into[at + 1] = data[o1 + q]
      into[at + 2] = data[o2 + q]
      into[at + 3] = data[o3 + q]
    }
  }
}

function tile(
  a: Floats,
  aAt: number,
  b: Floats,
  bAt: number,
  depth: number,
  c: Floats,
  at: number,
  ld: number,
): void {
  let c00 = 0
  let c01 = 0
  let c02 = 0
  let c03 = 0
  let c10 = 0
  let c11 = 0
  let c12 = 0
  let c13 = 0
  let c20 = 0
  let c21 = 0
  let c22 = 0
  let c23 = 0
  let c30 = 0
  let c31 = 0
  let c32 = 0
  let c33 = 0
  for (let p = 0; p < depth; p++) {
    const b0 = b[bAt]
    const b1 = b[bAt + 1]
    const b2 = b[bAt + 2]
    const b3 = b[bAt + 3]
    bAt += 4
    const a0 = a[aAt]
    c00 += a0 * b0
    c01 += a0 * b1
    c02 += a0 * b2
    c03 += a0 * b3
    const a1 = a[aAt + 1]
    c10 += a1 * b0
    c11 += a1 * b1
    c12 += a1 * b2
    c13 += a1 * b3
    const a2 = a[aAt + 2]
    c20 += a2 * b0
    c21 += a2 * b1
    c22 += a2 * b2
    c23 += a2 * b3
    const a3 = a[aAt + 3]
    c30 += a3 * b0
    c31 += a3 * b1
    c32 += a3 * b2
    c33 += a3 * b3
    aAt += 4
  }
  c[at] += c00
  c[at + 1] += c01
  c[at + 2] += c02
  c[at + 3] += c03
  at += ld
  c[at] += c10
  c[at + 1] += c11
  c[at + 2] += c12
  c[at + 3] += c13
  at += ld
  c[at] += c20
  c[at + 1] += c21
  c[at + 2] += c22
  c[at + 3] += c23
  at += ld
  c[at] += c30
  c[at + 1] += c31
  c[at + 2] += c32
  c[at + 3] += c33
}

/** Products of float32 and float64, in double. */
export const float: Arithmetic<Floats> = {
  dtype: 'float64',
  make: (length) => new Float64Array(length),
  of: floats,
  pack,
  tile,
  add(c, rows, columns, ld, { data, base, outer, inner, row, column }) {
    for (let i = 0; i < rows; i++) {
      const at = base + outer[row + i]
      for (let j = 0; j < columns; j++) data[at + inner[column + j]] += c[i * ld + j]
    }
  },
}

/** The same on half-precision numbers, whose bits are packed first and turned into values after. */
export function half(dtype: DType): Arithmetic<Floats> {
  const value = dtype === 'float16' ? float16Value : bfloat16Value
  return {
    ...float,
    pack(side, from, to, start, end, into) {
      pack(side, from, to, start, end, into)
      // A patch of a convolution holds values already.
      if (!(side.data instanceof Uint16Array)) return
      const count = (end - start) * Math.ceil((to - from) / 4) * 4
      for (let i = 0; i < count; i++) into[i] = value(into[i])
    },
  }
}
