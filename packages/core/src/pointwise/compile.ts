import {
  type DType,
  dtypes,
  Expr,
  input,
  isFloat,
  kernels,
  type MapKernel,
  scalar,
} from '@sconce/backend'
import { RuntimeError } from '../errors.ts'
import { defaultFloat, type Promotable, resultType } from '../promotion.ts'
import type { Scalar } from '../scalar.ts'
import type { ParsedSchema } from '../schema/parse.ts'
import type { Tensor } from '../tensor.ts'
import type { PointwiseRule } from './rule.ts'

/** What a parameter is to a pointwise op. */
export type Role = 'tensor' | 'scalar' | 'attribute'

/** A pointwise op on operands of certain dtypes. */
export interface CompiledPointwise {
  readonly kernel: MapKernel
  /** Results in the compute dtype, before the cast to the storage dtype. */
  readonly values: readonly Expr[]
  /** What the builder was given, by parameter; undefined where the argument is absent. */
  readonly args: readonly unknown[]
  /** Dtypes of the results. */
  readonly outputs: readonly DType[]
  /** The promoted dtype. */
  readonly dtype: DType
  /** Whether scalars are truncated to integers. */
  readonly integral: boolean
}

export const isTensorArg = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'storage' in value

/** The role of a parameter for this argument: `Tensor|Scalar` is what was passed. */
export function roleOf(type: string, value: unknown): Role {
  switch (type) {
    case 'Tensor':
      return 'tensor'
    case 'Tensor|Scalar':
      // As passed: most binary ops take either.
      return isTensorArg(value) ? 'tensor' : 'scalar'
    case 'Scalar':
    case 'float':
      return 'scalar'
    default:
      return 'attribute'
  }
}

/** The dtype in which the op computes, by its rule. */
function computeDType(rule: PointwiseRule, schema: ParsedSchema, args: readonly unknown[]): DType {
  const promotable: Promotable[] = []
  schema.parameters.forEach((p, i) => {
    const value = args[i]
    if (value === undefined || rule.apart?.includes(p.name)) return
    if (rule.like !== undefined && p.name !== rule.like) return
    // Keyword-like scalars (alpha, value, eps) don't promote; operands do.
    const type = p.type
    if (type === 'Tensor' || type === 'Tensor|Scalar' || (type === 'Scalar' && !p.keyword)) {
      promotable.push(value as Promotable)
    }
  })
  const dtype = resultType(promotable)
  const keeps = schema.parameters.some((p, i) => p.name === rule.unless && args[i] !== undefined)
  return rule.type === 'float' && !keeps && !isFloat(dtype) ? defaultFloat : dtype
}

/** Builds the expression for these dtypes. `into` forces the dtype of the first result. */
export function compilePointwise(
  rule: PointwiseRule,
  schema: ParsedSchema,
  args: readonly unknown[],
  into?: DType,
): CompiledPointwise {
  const dtype = computeDType(rule, schema, args)
  const { kind, compute } = dtypes[dtype]
  if (rule.on && !rule.on.includes(kind)) {
    const name = schema.name.split('.')[0]
    throw new RuntimeError(
      `"${rule.kernel ?? `${name}_cpu`}" not implemented for '${dtypes[dtype].scalarType}'`,
    )
  }
  const inputs: DType[] = []
  let scalars = 0
  const built = schema.parameters.map((p, i) => {
    const value = args[i]
    if (value === undefined) return undefined
    switch (roleOf(p.type, value)) {
      case 'tensor': {
        const operand = value as Tensor
        const leaf = input(inputs.length, operand.dtype)
        inputs.push(operand.dtype)
        return rule.apart?.includes(p.name)
          ? leaf.cast(dtypes[operand.dtype].compute)
          : leaf.cast(compute)
      }
      case 'scalar':
        return scalar(scalars++, compute)
      default:
        return value
    }
  })
  const result = rule.expr(...(built as never[]))
  const values = result instanceof Expr ? [result] : result
  const outputs = values.map((v, i) =>
    i === 0 && into ? into : v.dtype === compute ? dtype : v.dtype,
  )
  return {
    kernel: kernels.map(
      values.map((v, i) => v.cast(outputs[i])),
      inputs,
    ),
    values,
    args: built,
    outputs,
    dtype,
    integral: kind !== 'float',
  }
}

const codes: Readonly<Record<string, number>> = Object.fromEntries(
  Object.keys(dtypes).map((d, i) => [d, i]),
)

const scalarCode = (value: Scalar): number =>
  typeof value === 'number'
    ? Number.isInteger(value)
      ? 22
      : 23
    : typeof value === 'boolean'
      ? 24
      : typeof value === 'bigint'
        ? 25
        : 23

/**
 * The key of what was compiled: five bits an operand for its dtype and whether it has dims, or for a
 * scalar's kind. Attributes make it a string.
 */
export function pointwiseKey(schema: ParsedSchema, args: readonly unknown[]): number | string {
  const { parameters } = schema
  let code = 0
  let suffix = ''
  for (let i = 0; i < parameters.length; i++) {
    const value = args[i]
    let part = 0
    if (value !== undefined) {
      switch (roleOf(parameters[i].type, value)) {
        case 'tensor': {
          const t = value as Tensor
          part = 1 + codes[t.dtype] * 2 + (t.shape.length === 0 ? 1 : 0)
          break
        }
        case 'scalar':
          part = scalarCode(value as Scalar)
          break
        default:
          suffix += `|${i}:${String(value)}`
      }
    }
    // Ten operands are what a double holds exactly.
    if (i > 0 && i % 10 === 0) {
      suffix += `|${code}`
      code = 0
    }
    code = code * 32 + part
  }
  return suffix === '' ? code : code + suffix
}
