/** Reductions of many elements, whose exact results are known. */
import { type DType, isFloat } from '@sconce/backend'
import { callOperation, fromTypedArray, operations, type Tensor } from '@sconce/core'
import type { Case } from '../case.ts'
import { compareTensors } from '../compare/tensors.ts'
import { summation } from '../compare/tolerances.ts'
import { type Env, enter, fail, outcomeOf } from '../execute/context.ts'
import { readTensor, tensorsOf } from '../execute/read.ts'
import { exactSum } from '../kernels/closed-forms.ts'

const COUNT = 300_007

interface Reduction {
  /** Arguments behind the tensor. */
  readonly args: readonly unknown[]
  /** The result in double precision. */
  readonly exact: (values: Float64Array) => number
}

function varianceOf(values: Float64Array): number {
  const mean = exactSum(values) / values.length
  return exactSum(values.map((x) => (x - mean) ** 2)) / (values.length - 1)
}

/** By the full name of the overload. */
const reductions: Readonly<Record<string, Reduction>> = {
  sum: { args: [], exact: exactSum },
  mean: { args: [], exact: (values) => exactSum(values) / values.length },
  max: { args: [], exact: (values) => values.reduce((a, b) => Math.max(a, b)) },
  min: { args: [], exact: (values) => values.reduce((a, b) => Math.min(a, b)) },
  argmax: { args: [], exact: (values) => values.indexOf(values.reduce((a, b) => Math.max(a, b))) },
  argmin: { args: [], exact: (values) => values.indexOf(values.reduce((a, b) => Math.min(a, b))) },
  var: { args: [true], exact: varianceOf },
  std: { args: [true], exact: (values) => Math.sqrt(varianceOf(values)) },
  count_nonzero: { args: [], exact: (values) => values.filter((x) => x !== 0).length },
  logsumexp: {
    args: [[0]],
    exact: (values) => Math.log(exactSum(values.map(Math.exp))),
  },
}

/** A bump on a slope, in float32: nothing cancels, and the extremes are inside. */
const valuesOf = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => {
    const bump = 1 / (1 + ((i - count * 0.6) / 1000) ** 2)
    return 0.1 + (i % 13) * 0.01 + bump - (i === 12_345 ? 0.5 : 0)
  })

const largeCase = (name: string, { args, exact }: Reduction, dtype: DType): Case<Env> => ({
  id: `generated/large ${name}/${dtype}`,
  op: name,
  level: 2,
  dtypes: [dtype],
  needs: [`storage/${dtype}`],
  async run(env) {
    enter(env)
    const values = valuesOf(COUNT)
    const doubles = Float64Array.from(values)
    const data = dtype === 'float32' ? values : doubles
    const x = fromTypedArray(data, [COUNT], { dtype, device: env.device })
    const [result] = tensorsOf(callLoosely(name, x, args))
    if (!result) return fail('there is no result')
    const expected = isFloat(result.dtype)
      ? { dtype: result.dtype, shape: [], data: new Float64Array([exact(doubles)]) }
      : { dtype: result.dtype, shape: [], data: Int32Array.of(exact(doubles)) }
    const actual = await readTensor(result)
    // float32 keeps its own rounding of the exact result.
    const wide = {
      ...actual,
      data: isFloat(actual.dtype) ? Float64Array.from(actual.data, Number) : actual.data,
    }
    const tolerance = { rtol: 0, atol: 0, ulp: summation(COUNT) }
    return outcomeOf(compareTensors(wide, expected, { tolerance }))
  },
})

/** An op by its full name, on arguments that may be fewer than its parameters. */
function callLoosely(name: string, x: Tensor, args: readonly unknown[]): unknown {
  const parameters = operations.get(name)?.schema.parameters ?? []
  const rest = parameters.slice(1 + args.length).map((parameter) => parameter.default)
  return callOperation(name, [x, ...args, ...rest])
}

/** A case per reduction and float dtype. */
export const largeCases = (): Case<Env>[] =>
  Object.entries(reductions).flatMap(([name, reduction]) =>
    (['float32', 'float64'] as const)
      .filter(() => operations.has(name))
      .map((dtype) => largeCase(name, reduction, dtype)),
  )
