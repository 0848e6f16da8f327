import { type DType, dtypes, type Reduction } from '@sconce/backend'
import type { Source } from '../wgsl/source.ts'
import { integerLimits, wrapped } from '../wgsl/types.ts'

/**
 * An accumulator of a reduction in the making. It is held in one or two cells: of a position's search, the
 * best value and where it was found. All that is known of a reduction op stands here: what its cells begin
 * with, and how two parts become one. Parts may be put together in any order.
 */
export interface Accumulator {
  readonly cells: readonly ('f32' | 'i32')[]
  /** Cells that change nothing. */
  neutral(source: Source): string[]
  /** The cells of a single element. */
  element(value: string, position: string): string[]
  /** The cells of two parts together: expressions. */
  combine(source: Source, a: readonly string[], b: readonly string[]): string[]
  /** The result of the whole. */
  result(cells: readonly string[]): string
}

/** A position that is none: of a part without elements. */
const NOWHERE = 0x7fffffff

interface Rule {
  neutral(source: Source, dtype: DType): string
  combine(source: Source, a: string, b: string): string
}

const isFloat = (dtype: DType): boolean => dtypes[dtype].kind === 'float'

const zero = (dtype: DType): string => (isFloat(dtype) ? '0.0' : '0')
const one = (dtype: DType): string => (isFloat(dtype) ? '1.0' : '1')

/** Integers by WGSL's own function, floats by the one that knows NaN. */
const extreme = (op: 'min' | 'max', dtype: DType): Rule => ({
  neutral: (source) => {
    if (isFloat(dtype)) return `${op === 'max' ? '-' : ''}${source.call('f_inf')}`
    const { least, greatest } = integerLimits(dtype)
    return `i32(${op === 'max' ? least : greatest})`
  },
  combine: (source, a, b) => (isFloat(dtype) ? source.call(`f_${op}`, a, b) : `${op}(${a}, ${b})`),
})

const rules: Record<'sum' | 'prod' | 'min' | 'max' | 'any' | 'all', (dtype: DType) => Rule> = {
  sum: (dtype) => ({
    neutral: () => zero(dtype),
    combine: (_, a, b) => wrapped(dtype, `${a} + ${b}`),
  }),
  prod: (dtype) => ({
    neutral: () => one(dtype),
    combine: (_, a, b) => wrapped(dtype, `${a} * ${b}`),
  }),
  min: (dtype) => extreme('min', dtype),
  max: (dtype) => extreme('max', dtype),
  any: () => ({ neutral: () => '0', combine: (_, a, b) => `${a} | ${b}` }),
  all: () => ({ neutral: () => '1', combine: (_, a, b) => `${a} & ${b}` }),
}

/** The extreme and where it first is. NaN is the extreme of all. */
function search(op: 'min' | 'max', dtype: DType): Accumulator {
  const float = isFloat(dtype)
  const isBool = dtype === 'bool'
  const comparison = op === 'max' ? '>' : '<'
  return {
    cells: [float ? 'f32' : 'i32', 'i32'],
    neutral: () => [zero(dtype), `${NOWHERE}`],
    element: (value, position) => [isBool ? `i32(${value})` : value, position],
    combine(source, [a, at], [b, bAt]) {
      const isNaN = (x: string): string => (float ? source.let(source.call('f_isnan', x)) : 'false')
      const [aNaN, bNaN] = [isNaN(a), isNaN(b)]
      const greater = `(!${aNaN} && (${bNaN} || ${b} ${comparison} ${a}))`
      const same = `((${aNaN} && ${bNaN}) || ${a} == ${b})`
      const better = `(${greater} || (${same} && ${bAt} < ${at}))`
      const replace = source.let(`${bAt} != ${NOWHERE} && (${at} == ${NOWHERE} || ${better})`)
      return [`select(${a}, ${b}, ${replace})`, `select(${at}, ${bAt}, ${replace})`]
    },
    result: ([, at]) => `select(${at}, 0, ${at} == ${NOWHERE})`,
  }
}

/** The accumulator of a reduction. */
export function accumulatorOf({ op, value: { dtype } }: Reduction): Accumulator {
  if (op === 'argmin') return search('min', dtype)
  if (op === 'argmax') return search('max', dtype)
  const rule = rules[op](dtype)
  const isBool = dtype === 'bool'
  return {
    cells: [isFloat(dtype) ? 'f32' : 'i32'],
    neutral: (source) => [rule.neutral(source, dtype)],
    element: (value) => [isBool ? `i32(${value})` : value],
    combine: (source, [a], [b]) => [rule.combine(source, a, b)],
    result: ([cell]) => (isBool ? `(${cell} != 0)` : cell),
  }
}
