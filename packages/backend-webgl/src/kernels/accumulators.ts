import { type DType, isFloat, type Reduction } from '@sconce/backend'
import { application, conversion } from '../glsl/ops.ts'
import type { Source } from '../glsl/source.ts'
import { integerLimits, vectorLiteral, vectorType } from '../glsl/types.ts'

/** The running result of one reduction: GLSL variables of four lanes. */
export interface Accumulator {
  readonly reduction: Reduction
  /** The dtype that is accumulated in; truth values are ordered as integers. */
  readonly dtype: DType
  readonly value: string
  /** For argmin and argmax: where the value was found, -1 before anything was. */
  readonly position: string | undefined
}

/** What is accumulated: a value, and for argmin and argmax its position. */
export interface Term {
  readonly value: string
  readonly position?: string
}

const isArg = ({ op }: Reduction): boolean => op === 'argmin' || op === 'argmax'

export const accumulatedDType = (reduction: Reduction): DType =>
  isArg(reduction) && reduction.value.dtype === 'bool' ? 'uint8' : reduction.value.dtype

/** The dtypes in which partial results are stored. */
export const partialDTypes = (reduction: Reduction): DType[] =>
  isArg(reduction) ? [accumulatedDType(reduction), 'int32'] : [accumulatedDType(reduction)]

/** Whether adding in blocks makes this sum more accurate. */
export const isFloatSum = ({ op, value }: Reduction): boolean =>
  op === 'sum' && isFloat(value.dtype)

function identity({ op, value: { dtype } }: Reduction): number {
  const [low, high] = integerLimits[dtype] ?? [-Infinity, Infinity]
  switch (op) {
    case 'prod':
    case 'all':
      return 1
    case 'min':
      return high
    case 'max':
      return low
    default:
      return 0
  }
}

/** Declares an accumulator that has seen nothing. */
export function declare(source: Source, reduction: Reduction): Accumulator {
  const dtype = accumulatedDType(reduction)
  const value = source.let(vectorType(dtype), vectorLiteral(identity(reduction), dtype))
  const position = isArg(reduction) ? source.let('ivec4', 'ivec4(-1)') : undefined
  return { reduction, dtype, value, position }
}

/** The value of a reduction's expression, as it is accumulated. */
export const asAccumulated = (source: Source, reduction: Reduction, value: string): string =>
  conversion(source, reduction.value.dtype, accumulatedDType(reduction), value)

/** A term in the lanes where `valid` holds, else one that changes nothing. */
export function masked(source: Source, acc: Accumulator, term: Term, valid: string): Term {
  if (term.position !== undefined) {
    // A position before the first is never taken.
    return { value: term.value, position: source.call('sel', valid, term.position, 'ivec4(-1)') }
  }
  const nothing = vectorLiteral(identity(acc.reduction), acc.dtype)
  return { value: source.call('sel', valid, term.value, nothing) }
}

const combining = {
  sum: 'add',
  prod: 'mul',
  min: 'min',
  max: 'max',
  any: 'or',
  all: 'and',
} as const

/** Takes a term in. Positions come in rising order, unless `unordered`. */
export function accumulate(source: Source, acc: Accumulator, term: Term, unordered = false): void {
  const { reduction, dtype, value, position } = acc
  const { op } = reduction
  if (op !== 'argmin' && op !== 'argmax') {
    const sum = application(source, combining[op], dtype, [value, term.value])
    source.line(`${value} = ${sum};`)
    return
  }
  const better = source.let('bvec4', betterThan(source, acc, term, op, unordered))
  source.line(`${value} = ${source.call('sel', better, term.value, value)};`)
  source.line(`${position} = ${source.call('sel', better, `${term.position}`, `${position}`)};`)
}

function betterThan(
  source: Source,
  { dtype, value, position }: Accumulator,
  term: Term,
  op: 'argmin' | 'argmax',
  unordered: boolean,
): string {
  const or = (a: string, b: string) => source.call('b_or', a, b)
  const and = (a: string, b: string) => source.call('b_and', a, b)
  const args = [term.value, value]
  let better = application(source, op === 'argmax' ? 'gt' : 'lt', dtype, args)
  let same = unordered ? application(source, 'eq', dtype, args) : ''
  if (isFloat(dtype)) {
    const [a, b] = args.map((x) => source.call('f_isnan', x))
    better = or(better, and(a, `not(${b})`))
    if (unordered) same = or(same, and(a, b))
  }
  if (unordered) better = or(better, and(same, `lessThan(${term.position}, ${position})`))
  better = or(better, `lessThan(${position}, ivec4(0))`)
  return and(better, `greaterThanEqual(${term.position}, ivec4(0))`)
}

/** Combines the four lanes; afterwards each has the result. */
export function acrossLanes(source: Source, acc: Accumulator): void {
  for (const order of ['zwxy', 'yxwz']) {
    const value = source.let(vectorType(acc.dtype), `${acc.value}.${order}`)
    const position =
      acc.position === undefined ? undefined : source.let('ivec4', `${acc.position}.${order}`)
    accumulate(source, acc, { value, position }, true)
  }
}

/** What an epilogue sees of an accumulator: the value, or the position (0 if there was nothing). */
export const resultOf = (acc: Accumulator): string =>
  acc.position === undefined ? acc.value : `max(${acc.position}, ivec4(0))`

/** The variables that a partial result consists of. */
export const partsOf = (acc: Accumulator): string[] =>
  acc.position === undefined ? [acc.value] : [acc.value, acc.position]
