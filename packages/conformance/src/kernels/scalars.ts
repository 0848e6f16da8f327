/** Level 1: the scalar ops of the kernel language, each on every dtype that it is defined on. */
import {
  type BinaryOp,
  binary,
  binaryOps,
  type DType,
  dtypes,
  input,
  isFloat,
  kernels,
  type ScalarOpInfo,
  type UnaryOp,
  unary,
  unaryOps,
} from '@sconce/backend'
import type { Value } from '@sconce/backend/reference'
import type { Case } from '../case.ts'
import { exact, type Tolerance } from '../compare/tolerances.ts'
import { type Env, outcomeOf } from '../execute/context.ts'
import { exprPart } from '../execute/kernel-parts.ts'
import { blank, compareCalls, type KernelCall } from './harness.ts'
import { extremes, ordinary } from './values.ts'

const compute = (Object.keys(dtypes) as DType[]).filter((dtype) => dtypes[dtype].compute === dtype)

/** Correctly rounded everywhere: the sums, products, quotients and roots of IEEE 754, and what is exact. */
const exactOps: ReadonlySet<string> = new Set([
  ...['neg', 'abs', 'sign', 'floor', 'ceil', 'round', 'trunc', 'sqrt', 'not', 'isnan'],
  ...['add', 'sub', 'mul', 'div', 'rem', 'min', 'max', 'and', 'or', 'xor', 'shl', 'shr'],
  ...['lt', 'le', 'gt', 'ge', 'eq', 'ne'],
])

/** Error in ULP of the other functions, which are not correctly rounded by anybody. */
const FUNCTION_ULP = 4

/** Functions that cross zero, or cancel, where a relative error means nothing: an absolute one besides. */
const absolute: Readonly<Record<string, number>> = {
  lgamma: 2e-6,
  digamma: 4e-6,
  tan: 1e-6,
  mod: 1e-6,
}

/** The reference's own errors in float64: by series, where JavaScript has no function. */
const DOUBLE_ULP = 64
const series: ReadonlySet<string> = new Set(['erf', 'erfc', 'lgamma', 'digamma'])
const SERIES_RTOL = 1e-11

function toleranceOf(op: string, dtype: DType): Tolerance {
  if (!isFloat(dtype) || exactOps.has(op)) return exact
  const atol = absolute[op] ?? 0
  if (dtype === 'float64')
    return { rtol: series.has(op) ? SERIES_RTOL : 0, atol: atol * 1e-8, ulp: DOUBLE_ULP }
  return { rtol: 0, atol, ulp: op === 'pow' ? 16 : FUNCTION_ULP }
}

/** Bounds within which an op is tried: no device reduces huge angles well, and no reference either. */
const domains: Readonly<Record<string, number>> = {
  sin: 100,
  cos: 100,
  tan: 100,
  digamma: 40,
  lgamma: 40,
}

const inDomain =
  (op: string) =>
  (value: Value): boolean => {
    const bound = domains[op]
    return (
      bound === undefined ||
      typeof value !== 'number' ||
      !(Math.abs(value) > bound) ||
      !Number.isFinite(value)
    )
  }

const ORDINARY = 200

function unaryCall(op: UnaryOp, dtype: DType, env: Env): KernelCall {
  const { numerics } = env.backend.info
  const values = [...extremes(dtype, numerics), ...ordinary(dtype, ORDINARY)].filter(inDomain(op))
  const kernel = kernels.map([unary(op, input(0, dtype))])
  const shape = [values.length]
  return {
    kernel,
    inputs: [{ dtype, shape, values }],
    outputs: [blank(kernel.outputs[0], shape)],
  }
}

/** Every pair of extreme values, and ordinary ones. */
function binaryCall(op: BinaryOp, dtype: DType, env: Env): KernelCall {
  const special = extremes(dtype, env.backend.info.numerics)
  const pairs = special.flatMap((a) => special.map((b): [Value, Value] => [a, b]))
  const left = ordinary(dtype, ORDINARY, 1)
  const right = ordinary(dtype, ORDINARY, 2)
  const small = (value: Value) => (typeof value === 'bigint' ? value % 7n : value)
  // Exponents and shifts are small, or there is nothing to see.
  const usual = left.map((a, i): [Value, Value] => [
    a,
    op === 'pow' || op === 'shl' || op === 'shr' ? small(right[i]) : right[i],
  ])
  const all = [...pairs, ...usual].filter(([a, b]) => isDefined(op, a, b))
  const kernel = kernels.map([binary(op, input(0, dtype), input(1, dtype))])
  const shape = [all.length]
  return {
    kernel,
    inputs: [
      { dtype, shape, values: all.map(([a]) => a) },
      { dtype, shape, values: all.map(([, b]) => b) },
    ],
    outputs: [blank(kernel.outputs[0], shape)],
  }
}

/** Powers of integers grow beyond what any reference wants to hold. */
function isDefined(op: BinaryOp, a: Value, b: Value): boolean {
  return op !== 'pow' || typeof b !== 'bigint' || typeof a !== 'bigint' || b < 128n
}

const scalarCase = (op: string, dtype: DType, call: (env: Env) => KernelCall): Case<Env> => ({
  id: `expr/${op}/${dtype}`,
  op: 'expr',
  level: 1,
  dtypes: [dtype],
  needs: [`storage/${dtype}`],
  proves: [exprPart(op, dtype)],
  async run(env) {
    const made = call(env)
    const tolerance = toleranceOf(op, made.kernel.outputs[0])
    return outcomeOf(await compareCalls(env.backend, [{ ...made, tolerance }]))
  },
})

const on = ({ on: kinds }: ScalarOpInfo, dtype: DType): boolean =>
  kinds.includes(dtypes[dtype].kind)

/** A case per scalar op and dtype. */
export function scalarCases(): Case<Env>[] {
  const cases: Case<Env>[] = []
  for (const dtype of compute) {
    for (const op of Object.keys(unaryOps) as UnaryOp[])
      if (on(unaryOps[op], dtype))
        cases.push(scalarCase(op, dtype, (env) => unaryCall(op, dtype, env)))
    for (const op of Object.keys(binaryOps) as BinaryOp[])
      if (on(binaryOps[op], dtype))
        cases.push(scalarCase(op, dtype, (env) => binaryCall(op, dtype, env)))
  }
  return cases
}
