import { constant, dtypes, type Expr, input, isFloat, substitute, visit } from '@sconce/backend'
import {
  type CompiledPointwise,
  type Operation,
  type ParsedSchema,
  PointwiseOp,
  type PointwiseRule,
  parseSchema,
} from '@sconce/core'
import { nodeName } from '../node-names.ts'
import { differentiate } from './differentiate.ts'
import { overrideOf } from './override.ts'
import { savesResult } from './scalar-derivatives.ts'

/** Stands for the position of the result where others are positions of parameters. */
export const RESULT = -1

/** The gradient of one argument of a pointwise op: itself a pointwise op. */
export interface Formula {
  /** Position of the parameter. */
  readonly parameter: number
  /** Null where the gradient is passed on as it is. */
  readonly operation: Operation | null
  /** What the op takes after the gradient: positions of parameters, or `RESULT`. */
  readonly operands: readonly number[]
  /** Whether one of them takes the place of a tensor, as 2 in `x.mul(2)`. */
  readonly readsOther: boolean
}

/** What a node keeps for a choice of edges, and where its formulas find it. */
export interface Plan {
  /** Positions of parameters, or `RESULT`. */
  readonly keep: readonly number[]
  /** By formula, positions in `keep`. */
  readonly operands: readonly (readonly number[])[]
  /** Whether what is kept can be used once only: operands, not parameters such as `alpha`. */
  readonly once: boolean
}

/** All formulas of a pointwise op on operands of certain dtypes. */
export class Formulas {
  readonly name: string
  readonly formulas: readonly Formula[]
  readonly #plans: Plan[] = []

  constructor(name: string, formulas: readonly Formula[]) {
    this.name = name
    this.formulas = formulas
  }

  /** The plan when the edges in `mask` need a gradient. */
  plan(mask: number): Plan {
    let plan = this.#plans[mask]
    if (plan === undefined) {
      const wanted = this.formulas.filter((_, i) => mask & (1 << i))
      const keep = [...new Set(wanted.flatMap((f) => f.operands))]
      const operands = this.formulas.map((f) => f.operands.map((o) => keep.indexOf(o)))
      plan = { keep, operands, once: wanted.some((f) => f.readsOther) }
      this.#plans[mask] = plan
    }
    return plan
  }
}

// Positions that no operand of a kernel has; both are replaced before an expression is compiled.
const gradientPosition = 1 << 20
const resultPosition = gradientPosition + 1

/** Derivatives of others: what they read without depending on it has no gradient, instead of zeros. */
const detached = new WeakSet<Operation>()

/** The formulas of a pointwise op from its compiled form; null where nothing is differentiable. */
export function deriveFormulas(
  operation: Operation,
  args: readonly unknown[],
  compiled: CompiledPointwise,
): Formulas | null {
  const { schema } = operation
  const [value] = compiled.values
  if (compiled.values.length !== 1 || !isFloat(value.dtype)) return null
  const { compute } = dtypes[compiled.dtype]
  const gradient = input(gradientPosition, compute)
  const result = input(resultPosition, compute)
  const apart = operation.pointwise?.apart
  const parameters: number[] = []
  schema.parameters.forEach((p, i) => {
    const leaf = compiled.args[i]
    const tensor = typeof args[i] === 'object' && args[i] !== null && 'storage' in args[i]
    if (!tensor || leaf === undefined) return
    if (apart?.includes(p.name) && !isFloat((leaf as Expr).dtype)) return
    parameters.push(i)
  })
  const derived = differentiate(
    value,
    gradient,
    parameters.map((i) => compiled.args[i] as Expr),
  )
  const overrides = overrideOf(operation.name)
  const named: Record<string, unknown> = { result }
  schema.parameters.forEach((p, i) => {
    named[p.name] = compiled.args[i]
  })
  const formulas = parameters.flatMap((i, k): Formula[] => {
    const override = overrides?.[schema.parameters[i].name]
    const given = typeof override === 'function' ? override(gradient, named as never) : undefined
    const own = derived[k]
    // PyTorch's formulas read such an argument only in comparisons, which end the graph.
    if (!given && !own && detached.has(operation)) return []
    const expr = given ?? (own ? viaResult(own, value, result) : zeroGradient(gradient))
    return [makeFormula(operation, compiled, i, expr, gradient, result)]
  })
  return new Formulas(nodeName(operation, args), formulas)
}

/** The op's own value in the derivative replaced by the saved result. */
const viaResult = (expr: Expr, value: Expr, result: Expr): Expr =>
  savesResult.has(value.op)
    ? substitute(expr, (node) => (node === value ? result : undefined))
    : expr

function makeFormula(
  operation: Operation,
  compiled: CompiledPointwise,
  parameter: number,
  expr: Expr,
  gradient: Expr,
  result: Expr,
): Formula {
  if (expr === gradient) return { parameter, operation: null, operands: [], readsOther: false }
  const { schema } = operation
  const used = new Set<Expr>()
  const leaves = new Set(compiled.args)
  // A leaf may be the cast of an input: what is below it is not looked at.
  const look = (node: Expr): void => {
    if (used.has(node)) return
    used.add(node)
    if (!leaves.has(node)) node.args.forEach(look)
  }
  look(expr)
  const operands: number[] = []
  compiled.args.forEach((leaf, i) => {
    if (used.has(leaf as Expr)) operands.push(i)
  })
  if (used.has(result)) operands.push(RESULT)

  const nameOf = (i: number) => (i === RESULT ? 'result' : schema.parameters[i].name)
  const isTensor = (i: number) => i === RESULT || reachesInput(compiled.args[i] as Expr)
  const base = schema.name.replaceAll('.', '_')
  const text = [
    'Tensor grad_output',
    ...operands.map((i) => `${isTensor(i) ? 'Tensor' : 'Scalar'} ${nameOf(i)}`),
  ].join(', ')
  const derivedSchema: ParsedSchema = parseSchema(
    `${base}_backward_${schema.parameters[parameter].name}(${text}) -> Tensor`,
  )
  const { compute } = dtypes[compiled.dtype]
  const leafOf = (i: number) => (i === RESULT ? result : (compiled.args[i] as Expr))
  const rule: PointwiseRule<Expr[]> = {
    type: 'promote',
    // The gradient has the dtype that the op computed in; the others must not promote it.
    like: 'gradOutput',
    apart: operands
      .filter((i) => leafOf(i).dtype !== compute)
      .map((i) => derivedSchema.parameters[operands.indexOf(i) + 1].name),
    expr: (g, ...rest) => {
      const replacements = new Map<Expr, Expr>([[gradient, g]])
      operands.forEach((i, k) => {
        replacements.set(leafOf(i), rest[k])
      })
      return substitute(expr, (node) => replacements.get(node)?.cast(node.dtype))
    },
  }
  const pointwise = new PointwiseOp(derivedSchema, rule)
  const derivedOperation: Operation = {
    name: derivedSchema.name,
    schema: derivedSchema,
    pointwise: rule,
    run: (...args) => pointwise.run(args),
    inplace: (...args) => pointwise.inplace(args),
    compiled: (args) => pointwise.compiled(args),
  }
  if (!overrideOf(operation.name)?.zeroSecond) detached.add(derivedOperation)
  const readsOther = operands.some((i) => schema.parameters[i]?.type === 'Tensor|Scalar')
  return { parameter, operation: derivedOperation, operands, readsOther }
}

function reachesInput(leaf: Expr): boolean {
  let found = false
  visit([leaf], (node) => {
    if (node.op === 'input') found = true
  })
  return found
}

/** A gradient that is zero everywhere. */
export const zeroGradient = (g: Expr): Expr => constant(0, g.dtype)
