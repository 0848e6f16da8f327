import type { Expr } from '@sconce/backend'
import type { NameOf, Parameter, ParametersOf, SchemaStrings, Schemas } from '@sconce/core'

/** What a formula sees of an argument: an expression for tensors and scalars, else the value. */
type Seen<T extends string> = T extends `${infer U}?`
  ? Seen<U> | undefined
  : T extends 'Tensor' | 'Tensor|Scalar' | 'Scalar' | 'float'
    ? Expr
    : T extends 'bool'
      ? boolean
      : T extends 'str'
        ? string
        : T extends 'int'
          ? number
          : unknown

type Arguments<P extends readonly Parameter[]> = {
  [Q in P[number] as Q['name']]: Seen<Q['type']>
}

type TensorNames<P extends readonly Parameter[]> = {
  [Q in P[number] as Q['type'] extends `Tensor${string}` ? Q['name'] : never]: true
}

/**
 * Gradient of one argument, as an expression of the result's gradient, the arguments by name, and
 * `result`. What it reads is what is saved. Undefined means: derive it from the op's expression.
 */
export type ExprFormula<A = never> = (g: Expr, s: A) => Expr | undefined

/** Formulas for pointwise ops whose derivative by convention is not that of their expression. */
export type PointwiseOverrides<T extends Schemas> = {
  readonly [S in SchemaStrings<T> & string as NameOf<S>]?: {
    readonly [P in keyof TensorNames<ParametersOf<S>>]?: ExprFormula<
      Arguments<ParametersOf<S>> & { readonly result: Expr }
    >
  } & ZeroSecond
}

interface ZeroSecond {
  /**
   * Whether the second derivative is zeros, where otherwise there is none, by what the formulas only
   * compare; as of PyTorch's `threshold_backward`.
   */
  readonly zeroSecond?: true
}

/** An entry without the types of its op. */
export type AnyOverride = Readonly<Record<string, ExprFormula | true | undefined>> & ZeroSecond

const table = new Map<string, AnyOverride>()

/** Adds formulas for the pointwise ops of a family; keyed by full overload name, then parameter. */
export function overridePointwise<T extends Schemas>(overrides: PointwiseOverrides<T>): void {
  for (const [name, formulas] of Object.entries(overrides)) {
    if (!formulas) continue
    if (table.has(name)) throw new SyntaxError(`derivative of ${name}: given twice`)
    // Each formula is called with the arguments of the schema it was typed by.
    table.set(name, formulas as AnyOverride)
  }
}

/** The formulas of an op. */
export const overrideOf = (name: string): AnyOverride | undefined => table.get(name)
