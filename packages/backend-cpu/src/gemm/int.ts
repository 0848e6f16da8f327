import { SconceError } from '@sconce/backend'
import { ints } from '../elements.ts'
import type { Arithmetic } from './arithmetic.ts'

/** Products of integers of up to 32 bits, modulo 2^32. */
export const int: Arithmetic<Int32Array> = {
  dtype: 'int32',
  make: (length) => new Int32Array(length),
  of: ints,

  pack({ data, base, outer, inner }, from, to, start, end, into) {
    if (data instanceof BigInt64Array) throw new SconceError('an operand holds int64')
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
  },

  tile(a, aAt, b, bAt, depth, c, at, ld) {
    for (let i = 0; i < 4; i++, at += ld) {
      let [c0, c1, c2, c3] = [0, 0, 0, 0]
      for (let p = 0; p < depth; p++) {
        const x = a[aAt + i + 4 * p]
        const q = bAt + 4 * p
        c0 = (c0 + Math.imul(x, b[q])) | 0
        c1 = (c1 + Math.imul(x, b[q + 1])) | 0
        c2 = (c2 + Math.imul(x, b[q + 2])) | 0
        c3 = (c3 + Math.imul(x, b[q + 3])) | 0
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
