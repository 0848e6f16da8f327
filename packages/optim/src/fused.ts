import {
  commonDevice,
  isScalar,
  type ParsedSchema,
  PointwiseOp,
  type PointwiseRule,
  type PointwiseRules,
  parseSchema,
  promote,
  runKernel,
  type Tensor,
} from '@sconce/core'

type Rules<S extends string> = PointwiseRules<{ readonly update: `${S} -> ()` }>

/** Builds the new values of the tensors that are updated, as expressions. */
type Builder<S extends string> = Rules<S>[keyof Rules<S>] extends { readonly expr: infer E }
  ? E
  : never

/** An update as one kernel: reads parameter, gradient and state, and overwrites what has changed. */
export class FusedUpdate {
  readonly #schema: ParsedSchema
  readonly #rule: PointwiseRule
  /** By which of the arguments are there: one bit each. */
  readonly #ops = new Map<number, PointwiseOp>()

  constructor(schema: ParsedSchema, rule: PointwiseRule) {
    this.#schema = schema
    this.#rule = rule
  }

  #op(given: number): PointwiseOp {
    const known = this.#ops.get(given)
    if (known) return known
    const op = new PointwiseOp(this.#schema, this.#rule)
    this.#ops.set(given, op)
    return op
  }

  /**
   * Runs the update on arguments in the order of the schema; `targets` are overwritten. Tensors come first
   * in the schema, all of one shape. Nothing is recorded; versions are counted.
   *
   * @throws RuntimeError where the tensors live on several devices.
   */
  run(targets: readonly Tensor[], args: readonly unknown[]): void {
    const tensors: Tensor[] = []
    const scalars: number[] = []
    let given = 0
    this.#schema.parameters.forEach(({ type }, i) => {
      const value = args[i]
      if (value === undefined) return
      given |= 1 << i
      // Arguments are of the types of the schema.
      if (type === 'Tensor') tensors.push(value as Tensor)
      else if (type === 'Scalar' && isScalar(value)) scalars.push(Number(value))
    })
    const device = commonDevice(tensors)
    if (device === undefined || tensors[0].numel() === 0) return
    runKernel(device, this.#op(given).compiled(args).kernel, tensors, targets, scalars)
    for (const target of targets) target.version.value++
  }
}

/**
 * An update from its schema and expressions. Scalars (a learning rate) are arguments of the kernel, so
 * that a new value compiles nothing; what is `bool` makes a kernel of its own.
 */
export function fused<const S extends string>(text: S, expr: Builder<S>): FusedUpdate {
  const schema = parseSchema(`${text} -> ()`)
  // The builder's arguments are those that the schema declares.
  return new FusedUpdate(schema, promote(expr as never))
}
