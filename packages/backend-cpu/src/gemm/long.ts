import { SconceError } from '@sconce/backend'
import { longs } from '../elements.ts'
import type { Arithmetic } from './arithmetic.ts'

/** Products of int64, modulo 2^64. */
export const long: Arithmetic<BigInt64Array> = {
  dtype: 'int64',
  make: (length) => new BigInt64Array(length),
  of: longs,

  pack({ data, base, outer, inner }, from, to, start, end, into) {
    if (!(data instanceof BigInt64Array)) throw new SconceError('an int64 operand holds numbers')
    let at = 0
    for (let i = from; i < to; i += 4) {
      for (let p = start; p < end; p++) {
        for (let r = 0; r < 4; r++) {
          into[at++] = data[base + outer[Math.min(i + r, to - 1)] + inner[p]]
        }
      }
    }
  },

  tile(a, aAt, b, bAt, depth, c, at, ld) {
    for (let i = 0; i < 4; i++, at += ld) {
      let [c0, c1, c2, c3] = [0n, 0n, 0n, 0n]
      for (let p = 0; p < depth; p++) {
        const x = a[aAt + i + 4 * p]
        const q = bAt + 4 * p
        c0 = BigInt.asIntN(64, c0 + x * b[q])
        c1 = BigInt.asIntN(64, c1 + x * b[q + 1])
        c2 = BigInt.asIntN(64, c2 + x * b[q + 2])
        c3 = BigInt.asIntN(64, c3 + x * b[q + 3])
      }
      c[at] += c0
      c[at + 1] += c1
      c[at + 2] += c2
      c[at + 3] += c3
    }
  },

  add(c, rows, columns, ld, { data, base, outer, inner, row, column }) {
    for (let i = 0; i < rows; i++) {
      const at = base + outer[row + i]
      for (let j = 0; j < columns; j++) data[at + inner[column + j]] += c[i * ld + j]
    }
  },
}
