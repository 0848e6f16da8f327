import type { BinaryOp } from '@sconce/backend'
import { type Quad, sameWidth } from './quad.ts'
import type { Vec } from './vec.ts'

type BooleanBinary = 'min' | 'max' | 'and' | 'or' | 'xor' | 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne'

const table: Readonly<Record<BooleanBinary, (a: Vec, b: Vec) => Vec>> = {
  min: (a, b) => a.and(b),
  max: (a, b) => a.or(b),
  and: (a, b) => a.and(b),
  or: (a, b) => a.or(b),
  xor: (a, b) => a.xor(b),
  lt: (a, b) => b.andnot(a),
  le: (a, b) => b.or(a.not()),
  gt: (a, b) => a.andnot(b),
  ge: (a, b) => a.or(b.not()),
  eq: (a, b) => a.xor(b).not(),
  ne: (a, b) => a.xor(b),
}

/** Logic and comparisons of masks, where true is greater than false. */
export function booleanBinary(op: BinaryOp, a: Quad, b: Quad): Quad {
  const [x, y] = sameWidth([a, b])
  return { dtype: 'bool', regs: x.map((mask, r) => table[op as BooleanBinary](mask, y[r])) }
}
