import type { DType, Expr } from '@sconce/backend'
import type { NameOf, Parameter, ParametersOf, SchemaStrings, Schemas } from '../schema/types.ts'

/** What a builder receives: expressions for tensors and scalars, other arguments as they are. */
type BuilderArgument<T extends string> = T extends `${infer U}?`
  ? BuilderArgument<U> | undefined
  : T extends 'Tensor' | 'Tensor|Scalar' | 'Scalar' | 'float'
    ? Expr
    : T extends 'bool'
      ? boolean
      : T extends 'str'
        ? string
        : T extends 'int'
          ? number
          : T extends 'ScalarType'
            ? DType
            : never

type BuilderArguments<P extends readonly Parameter[]> = {
  -readonly [I in keyof P]: BuilderArgument<P[I]['type']>
}

/** Result dtype and the dtype in which the expression is built. */
export type TypeRule =
  /** The promoted type of all operands. */
  | 'promote'
  /** As `promote`, but integers and bools become the default float. */
  | 'float'

/** How a pointwise op computes, on what, and in which dtype. */
export interface PointwiseRule<A extends unknown[] = never[]> {
  readonly expr: (...args: A) => Expr | Expr[]
  readonly type: TypeRule
  /** Kinds of dtype that the op takes; others throw PyTorch's "not implemented for". */
  readonly on?: readonly ('float' | 'int' | 'bool')[]
  /** PyTorch's name of the kernel in that message; default: the op's with `_cpu`. */
  readonly kernel?: string
  /** Parameters that keep their own dtype and take no part in promotion, such as a condition. */
  readonly apart?: readonly string[]
  /** The parameter that decides the dtype alone. */
  readonly like?: string
  /** Checks on the arguments that are more than types; throws. */
  readonly check?: (args: readonly unknown[]) => void
  /** Where this argument is given, a `float` rule keeps integers. */
  readonly unless?: string
}

/** The expression is built in the promoted type; its dtype (or bool) is the result's. */
export const promote = <A extends unknown[]>(
  expr: (...args: A) => Expr | Expr[],
  options: Partial<Omit<PointwiseRule, 'expr' | 'type'>> = {},
): PointwiseRule<A> => ({ expr, type: 'promote', ...options })

/** As `promote`, with integers and bools turned into the default float first. */
export const float = <A extends unknown[]>(
  expr: (...args: A) => Expr | Expr[],
  options: Partial<Omit<PointwiseRule, 'expr' | 'type'>> = {},
): PointwiseRule<A> => ({ expr, type: 'float', ...options })

/** One rule for every overload of a schema table. */
export type PointwiseRules<T extends Schemas> = {
  [S in SchemaStrings<T> & string as NameOf<S>]: PointwiseRule<BuilderArguments<ParametersOf<S>>>
}
