import {
  dispatch,
  type Operation,
  PointwiseOp,
  type PointwiseRule,
  type PointwiseRules,
  parseSchema,
  promote,
  type Tensor,
} from '@sconce/core'

type Rules<S extends string> = PointwiseRules<{ readonly op: `${S} -> Tensor` }>
type Builder<S extends string> = Rules<S>[keyof Rules<S>] extends { readonly expr: infer E }
  ? E
  : never

/**
 * A function of tensors that is one kernel, written as an expression of their elements; its derivative
 * follows from that.
 */
export function pointwise<const S extends string>(
  text: S,
  expr: Builder<S>,
): (...tensors: Tensor[]) => Tensor {
  const schema = parseSchema(`${text} -> Tensor`)
  // The builder's arguments are those that the schema declares.
  const rule: PointwiseRule = promote(expr as never)
  const op = new PointwiseOp(schema, rule)
  const operation: Operation = {
    name: schema.name,
    schema,
    pointwise: rule,
    run: (...args) => op.run(args),
    inplace: (...args) => op.inplace(args),
    compiled: (args) => op.compiled(args),
  }
  return (...tensors) => dispatch(operation, tensors) as Tensor
}
