/** Level 1: reduce and scatter kernels. */
import {
  acc,
  type DType,
  dtypes,
  elementCount,
  input,
  isFloat,
  kernels,
  scalar,
} from '@sconce/backend'
import type { Case, Outcome } from '../case.ts'
import { exact, summation, type Tolerance } from '../compare/tolerances.ts'
import { type Env, outcomeOf } from '../execute/context.ts'
import { exactSum } from './closed-forms.ts'
import { blank, compareCalls, type KernelCall, layouts, type Spec, samples } from './harness.ts'

type ReduceOp = Parameters<typeof kernels.reduce>[0][number]['op']
type Combine = Parameters<typeof kernels.scatter>[0]

const allDTypes = Object.keys(dtypes) as DType[]
const arithmetic = allDTypes.filter((dtype) => dtypes[dtype].compute === dtype)

const compareAll = async (env: Env, calls: readonly KernelCall[]): Promise<Outcome> =>
  outcomeOf(await compareCalls(env.backend, calls))

const numeric: readonly ReduceOp[] = ['sum', 'prod', 'min', 'max', 'argmin', 'argmax']
const logical: readonly ReduceOp[] = ['any', 'all', 'argmin', 'argmax']

/** The shape of the iteration, and how many trailing dims of it are collapsed. */
const reductions: readonly (readonly [shape: readonly number[], reduced: number])[] = [
  [[7], 1],
  [[1], 1],
  [[0], 1],
  [[65], 1],
  [[1000], 1],
  [[3, 5], 1],
  [[5, 3], 2],
  [[4, 0], 1],
  [[0, 4], 1],
  [[2, 3, 4], 1],
  [[2, 3, 17], 2],
  [[3, 2, 33], 3],
]

/** Exact for sums of sixteenths and small numbers; products of many are rounded, in any order. */
const toleranceOf = (op: ReduceOp, dtype: DType, length: number): Tolerance =>
  op === 'prod' && isFloat(dtype) ? { rtol: 0, atol: 0, ulp: summation(length) * 2 } : exact

/** Values of which products stay finite and exact for long. */
const factors = (dtype: DType, count: number): number[] =>
  isFloat(dtype)
    ? samples(dtype, count).map((value) => (value > 0 ? 1 : value < -2 ? -1 : 1.0625))
    : samples(dtype, count)

function reduceCalls(op: ReduceOp, dtype: DType): KernelCall[] {
  const kernel = kernels.reduce(
    [{ op, value: input(0, dtype) }],
    [acc(0, op.startsWith('arg') ? 'int32' : dtype)],
  )
  return reductions.flatMap(([shape, reduced]) => {
    const count = elementCount(shape)
    const length = elementCount(shape.slice(shape.length - reduced))
    const values = op === 'prod' ? factors(dtype, count) : samples(dtype, count)
    const broadcast = shape.map((_, d) => d).slice(shape.length - reduced)
    return layouts.map((layout) => ({
      kernel,
      inputs: [{ dtype, shape, layout, values }],
      outputs: [blank(kernel.outputs[0], shape, { broadcast })],
      tolerance: toleranceOf(op, dtype, length),
    }))
  })
}

/** NaN is the extreme, the first of equal ones is the position. */
function specialCalls(op: ReduceOp, dtype: DType, env: Env): KernelCall[] {
  if (!isFloat(dtype) || env.backend.info.numerics?.specials === false) return []
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number
  const rows = [
    [1, nan, 2, 3],
    [nan, nan, 0, 1],
    [inf, -inf, 0, 1],
    [2, 5, 5, 2],
    [-1, -1, -1, -1],
  ]
  const shape = [rows.length, 4]
  const kernel = kernels.reduce(
    [{ op, value: input(0, dtype) }],
    [acc(0, op.startsWith('arg') ? 'int32' : dtype)],
  )
  const outputs = [blank(kernel.outputs[0], shape, { broadcast: [1] })]
  return [{ kernel, inputs: [{ dtype, shape, values: rows.flat() }], outputs }]
}

const reduceCase = (op: ReduceOp, dtype: DType): Case<Env> => ({
  id: `reduce/${op}/${dtype}`,
  op: 'reduce',
  level: 1,
  dtypes: [dtype],
  needs: [`storage/${dtype}`, `layout/${dtype}`],
  proves: [`kernel/reduce/${op}/${dtype}`],
  run: (env) => compareAll(env, [...reduceCalls(op, dtype), ...specialCalls(op, dtype, env)]),
})

/** Several accumulators and an epilogue that reads inputs: mean and variance in one pass. */
const fusedCase = (dtype: DType): Case<Env> => ({
  id: `reduce/fused/${dtype}`,
  op: 'reduce',
  level: 1,
  dtypes: [dtype],
  needs: [`kernel/reduce/sum/${dtype}`, `kernel/reduce/max/${dtype}`],
  proves: [`kernel/reduce/sum/${dtype}`],
  run(env) {
    const x = input(0, dtype)
    const kernel = kernels.reduce(
      [
        { op: 'sum', value: x.mul(x) },
        { op: 'max', value: x },
      ],
      [acc(0, dtype).add(input(1, dtype)), acc(1, dtype).mul(2)],
    )
    const shape = [6, 10]
    const bias: Spec = { dtype, shape, broadcast: [1], values: samples(dtype, 6, 5) }
    const outputs = [
      blank(dtype, shape, { broadcast: [1] }),
      blank(dtype, shape, { broadcast: [1] }),
    ]
    return compareAll(env, [
      { kernel, inputs: [{ dtype, shape, values: samples(dtype, 60) }, bias], outputs },
    ])
  },
})

/** Squared distances from a centre that is an input of the epilogue too, and a divisor that is a scalar. */
const spreadCase = (dtype: DType): Case<Env> => ({
  id: `reduce/spread/${dtype}`,
  op: 'reduce',
  level: 1,
  dtypes: [dtype],
  needs: [`kernel/reduce/sum/${dtype}`],
  proves: [`kernel/reduce/sum/${dtype}`],
  run(env) {
    const centre = input(1, dtype)
    const distance = input(0, dtype).sub(centre)
    const kernel = kernels.reduce(
      [{ op: 'sum', value: distance.mul(distance) }],
      [acc(0, dtype).div(scalar(0, dtype)), centre],
    )
    const calls = [[9], [4, 8], [3, 33], [5, 1]].map((shape): KernelCall => {
      const rows = shape.length === 1 ? 1 : shape[0]
      const broadcast = [shape.length - 1]
      return {
        kernel,
        inputs: [
          { dtype, shape, values: samples(dtype, elementCount(shape)) },
          { dtype, shape, broadcast, values: samples(dtype, rows, 5) },
        ],
        outputs: [blank(dtype, shape, { broadcast }), blank(dtype, shape, { broadcast })],
        // A power of two: the quotients are exact.
        scalars: [8],
      }
    })
    return compareAll(env, calls)
  },
})

/**
 * Long float32 sums, whose exact value is known: a running sum in float32 loses digits that every pairwise,
 * blocked or compensated one keeps.
 */
const longCase = (dtype: DType): Case<Env> => ({
  id: `reduce/long sums/${dtype}`,
  op: 'reduce',
  level: 1,
  dtypes: [dtype],
  needs: [`kernel/reduce/sum/${dtype}`],
  proves: [`kernel/reduce/sum/${dtype}`],
  run(env) {
    const kernel = kernels.reduce([{ op: 'sum', value: input(0, dtype) }], [acc(0, dtype)])
    const calls = [[1 << 18], [3, 50_000], [2, 100, 601]].map((shape) => {
      const count = elementCount(shape)
      const values = Array.from({ length: count }, (_, i) => Math.fround(0.1 + (i % 7) * 0.013))
      const length = count / (shape.length === 1 ? 1 : shape[0])
      const reduced = shape.map((_, d) => d).slice(shape.length === 1 ? 0 : 1)
      return {
        kernel,
        inputs: [{ dtype, shape, values }],
        outputs: [blank(dtype, shape, { broadcast: reduced })],
        expected: [
          Array.from({ length: count / length }, (_, row) =>
            exactSum(values.slice(row * length, (row + 1) * length)),
          ),
        ],
        tolerance: { rtol: 0, atol: 0, ulp: summation(count) },
      }
    })
    return compareAll(env, calls)
  },
})

const combines: readonly Combine[] = ['assign', 'add', 'mul', 'min', 'max']

/** Many elements into few places, some beyond the ends: duplicates, and elements that are dropped. */
function scatterCalls(combine: Combine, dtype: DType): KernelCall[] {
  const value = input(0, dtype)
  const rows = input(1, 'int32')
  const columns = input(2, 'int32')
  const one = kernels.scatter(combine, [rows], value)
  const two = kernels.scatter(combine, [rows, columns], value)
  const elements = combine === 'mul' ? factors : samples
  const indexSpec = (shape: readonly number[], size: number, seed: number): Spec => ({
    dtype: 'int32',
    shape,
    values: samples('uint8', elementCount(shape), seed).map((i) => (i % (size + 2)) - 1),
  })
  const target = (shape: readonly number[], more = {}): Spec => ({
    dtype,
    shape,
    values: elements(dtype, elementCount(shape)),
    ...more,
  })
  const flat = [1, 5, 40, 257].map((length) => ({
    kernel: one,
    inputs: [
      { dtype, shape: [length], values: elements(dtype, length) },
      indexSpec([length], 7, length),
    ],
    outputs: [target([7])],
  }))
  const shape = [6, 5]
  const planes = layouts.map((layout) => ({
    kernel: two,
    inputs: [
      { dtype, shape, layout, values: elements(dtype, 30) },
      indexSpec(shape, 4, 3),
      indexSpec(shape, 3, 9),
    ],
    outputs: [target([4, 3], { layout })],
  }))
  return [...flat, ...planes]
}

const scatterCase = (combine: Combine, dtype: DType): Case<Env> => ({
  id: `scatter/${combine}/${dtype}`,
  op: 'scatter',
  level: 1,
  dtypes: [dtype, 'int32'],
  dtype,
  needs: [`storage/${dtype}`, `layout/${dtype}`],
  proves: [`kernel/scatter/${combine}/${dtype}`],
  run(env) {
    const rounded = isFloat(dtype) && combine === 'mul' ? summation(300) * 2 : 0
    const tolerance = { rtol: 0, atol: 0, ulp: rounded }
    return compareAll(
      env,
      scatterCalls(combine, dtype).map((call) => ({ ...call, tolerance })),
    )
  },
})

/** Level 1: what collapses and what spreads. */
export const reductionCases = (): Case<Env>[] => [
  ...arithmetic.flatMap((dtype) =>
    (dtypes[dtype].kind === 'bool' ? logical : numeric).map((op) => reduceCase(op, dtype)),
  ),
  ...arithmetic.filter((dtype) => dtypes[dtype].kind !== 'bool').map(fusedCase),
  ...arithmetic.filter(isFloat).map(spreadCase),
  ...arithmetic.filter(isFloat).map(longCase),
  ...allDTypes.flatMap((dtype) => combines.map((combine) => scatterCase(combine, dtype))),
]
