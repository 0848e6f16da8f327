import type { DType } from '@sconce/backend'
import { NotWritten } from './not-written.ts'
import { kindOf, type Value } from './storage.ts'

type Op = (a: Value, b: Value) => Value

/** As float32: every result of an op is rounded. */
const rounded =
  (op: Op): Op =>
  (a, b) =>
    Math.fround(op(a, b))

/** As int32: every result wraps around. */
const wrapped =
  (op: Op): Op =>
  (a, b) =>
    op(a, b) | 0

/**
 * TODO 4: the scalar ops. What each means for NaN, infinities, -0, overflow and division by zero stands in
 * the table of `scalar-ops.ts` of @sconce/backend. A real backend has code for its device here, as text
 * or as instructions; `examples/backend-webgpu/src/wgsl/ops.ts` is such a table.
 */
const tables: Record<ReturnType<typeof kindOf>, Readonly<Record<string, Op>>> = {
  float: {
    neg: (a) => -a,
    add: rounded((a, b) => a + b),
    sub: rounded((a, b) => a - b),
    mul: rounded((a, b) => a * b),
    lt: (a, b) => Number(a < b),
    eq: (a, b) => Number(a === b),
  },
  int: {
    add: wrapped((a, b) => a + b),
    sub: wrapped((a, b) => a - b),
    lt: (a, b) => Number(a < b),
    eq: (a, b) => Number(a === b),
  },
  bool: {
    not: (a) => 1 - a,
    and: (a, b) => a & b,
    or: (a, b) => a | b,
  },
}

/** Applies a unary or binary op to values of `dtype`. */
export function apply(op: string, dtype: DType, a: Value, b: Value): Value {
  const table = tables[kindOf(dtype)]
  if (!Object.hasOwn(table, op)) throw new NotWritten(`${op} on ${dtype}`, 'src/ops.ts')
  return table[op](a, b)
}

/** The conversion of a value between dtypes. */
export function convert(value: Value, to: DType): Value {
  switch (kindOf(to)) {
    case 'float':
      return Math.fround(value)
    case 'int':
      return Math.trunc(value) | 0
    case 'bool':
      return Number(value !== 0)
  }
}
