import type {
  NamedArguments,
  NameOf,
  ParametersOf,
  ResultOf,
  SchemaStrings,
  Schemas,
  Tensor,
} from '@sconce/core'
import type { TensorInfo } from '../node.ts'

/*
 * Derivatives of ops that aren't pointwise: one row an op, keyed by the full name of its overload.
 *
 *     defineDerivatives<typeof matmulSchemas>({
 *       mm: {
 *         save: { self: ['mat2'], mat2: ['self'] },
 *         self: (g, { mat2 }) => g.mm(mat2.t()),
 *         mat2: (g, { self }) => self.t().mm(g),
 *       },
 *     })
 *
 * - A formula is keyed by the parameter whose gradient it computes. A parameter without one has no
 *   gradient (`index`). It is written with tensor ops, so that it is differentiable itself.
 * - `g` is the gradient of the result. Of an op with named results it is an object of gradients by
 *   name, of one with a list of results an array. Results that nothing flowed to have zeros; rows of
 *   `defineDerivativesWithNulls` get null.
 * - The second argument holds the call's arguments by name, and `result` (or the named results). Of
 *   tensors only those are there that `save` lists: `['self', 'result']` for every formula, or by
 *   parameter, which saves a tensor only where the gradient that needs it will be computed.
 * - The third argument holds shape, strides, dtype and device of *all* tensor arguments, saved or not:
 *
 *       cumsum_like: { self: (g, { dim }, { self }) => spread(g, dim, self.shape) }
 *
 * - A gradient need not have the shape and dtype of its argument: the engine sums over what was
 *   broadcast, and casts.
 * - A parameter that is a list of tensors has a formula that returns a list.
 * - `together` computes several gradients at once: `(g, s, about, needs) => ({ input, weight })`, where
 *   `needs.weight` says whether that gradient is wanted.
 * - `constant` lists results that have no gradient, besides those that aren't floats: the permutation of
 *   an LU decomposition. Their gradients are null.
 * - `node` is the name in the graph, where it isn't `NameBackward0`; a function of the arguments (of
 *   tensors it sees only the saved ones) where it depends on them.
 * - The in-place form of an op has the same row. Saved is what `self` was before, and `result` what it
 *   is after.
 *
 * Pointwise ops need no row: their derivative comes from their expression. `overridePointwise` (see
 * `pointwise.ts` beside this file) is for those whose convention differs. Ops without a row are
 * recorded as the ops that they call. Ops whose result never has a gradient are listed by
 * `defineNonDifferentiable`.
 *
 * A family is one file here, and one line in `index.ts`.
 */

type NonNull<T extends string> = T extends `${infer U}?` ? U : T

/** Parameters that can have a gradient, with their type. */
type TensorParametersOf<S extends string> = {
  [P in ParametersOf<S>[number] as P['type'] extends `Tensor${string}`
    ? P['name']
    : never]: P['type']
}

/** Results by name. */
type Results<S extends string> =
  ResultOf<S> extends Tensor
    ? { result: Tensor }
    : ResultOf<S> extends readonly unknown[]
      ? { result: Tensor[] }
      : ResultOf<S>

/** Everything by name that `save` can list. */
type Savable<S extends string> = (keyof TensorParametersOf<S> | keyof Results<S>) & string

/** Gradient of the result, or of the results. */
type GradientOf<S extends string, G> =
  ResultOf<S> extends Tensor
    ? Tensor
    : ResultOf<S> extends readonly unknown[]
      ? G[]
      : { readonly [K in keyof ResultOf<S>]: G }

/** Shape, dtype and so on of the tensor arguments. */
type About<S extends string> = {
  readonly [P in keyof TensorParametersOf<S>]: TensorParametersOf<S>[P] extends infer T extends
    string
    ? NonNull<T> extends 'Tensor[]' | 'Tensor?[]'
      ? readonly TensorInfo[]
      : T extends `${string}?`
        ? TensorInfo | undefined
        : TensorInfo
    : never
}

type GradientFor<T> = T extends `${string}[]` ? readonly (Tensor | null)[] : Tensor | null

interface Common<S extends string> {
  readonly save?:
    | readonly Savable<S>[]
    | { readonly [P in keyof TensorParametersOf<S>]?: readonly Savable<S>[] }
  readonly node?: string | ((args: NamedArguments<S>) => string)
  readonly constant?: readonly (keyof Results<S> & string)[]
}

type Formulas<S extends string, G> = {
  readonly [P in keyof TensorParametersOf<S>]?: (
    g: GradientOf<S, G>,
    s: NamedArguments<S> & Results<S>,
    about: About<S>,
  ) => GradientFor<TensorParametersOf<S>[P]>
} & {
  readonly together?: (
    g: GradientOf<S, G>,
    s: NamedArguments<S> & Results<S>,
    about: About<S>,
    needs: { readonly [P in keyof TensorParametersOf<S>]: boolean },
  ) => { readonly [P in keyof TensorParametersOf<S>]?: GradientFor<TensorParametersOf<S>[P]> }
}

/** The derivative of the op with schema `S`; `G` is the gradient of one of several results. */
export type Row<S extends string, G = Tensor> = Common<S> & Formulas<S, G>

/** Rows for ops of a schema table. */
export type Derivatives<T extends Schemas, G = Tensor> = {
  readonly [S in SchemaStrings<T> & string as NameOf<S>]?: Row<S, G>
}

type AnyFormula = (g: unknown, s: unknown, about: unknown, needs?: unknown) => unknown

/** A row without the types of its op. */
export interface AnyRow {
  readonly save?: readonly string[] | Readonly<Record<string, readonly string[]>>
  readonly node?: string | ((args: never) => string)
  readonly constant?: readonly string[]
  readonly nulls: boolean
  readonly formulas: Readonly<Record<string, AnyFormula>>
  readonly together?: AnyFormula
}

const rows = new Map<string, AnyRow>()
const nonDifferentiable = new Set<string>()
const notImplemented = new Map<string, string>()

/** Adds the rows of a family. */
export function defineDerivatives<T extends Schemas>(family: Derivatives<T>): void {
  add(family, false)
}

/**
 * Adds rows of ops with several results, whose formulas get null for a result that nothing flowed to;
 * `defineDerivatives` gives them zeros.
 */
export function defineDerivativesWithNulls<T extends Schemas>(
  family: Derivatives<T, Tensor | null>,
): void {
  add(family, true)
}

function add(family: object, nulls: boolean): void {
  for (const [name, row] of Object.entries(family)) {
    if (rows.has(name)) throw new SyntaxError(`derivative of ${name}: given twice`)
    const { save, node, constant, together, ...formulas } = row
    rows.set(name, { save, node, constant, nulls, together, formulas })
  }
}

/** Adds ops whose results never require grad; full overload names. */
export function defineNonDifferentiable<T extends Schemas>(
  names: readonly NameOf<SchemaStrings<T> & string>[],
): void {
  for (const name of names) nonDifferentiable.add(name)
}

/** The row of an op. */
export const rowOf = (name: string): AnyRow | undefined => rows.get(name)

/** Whether results of the op never require grad. */
export const isNonDifferentiable = (name: string): boolean => nonDifferentiable.has(name)

/** Adds ops whose backward is an error, with its message; full overload names. */
export function defineNotImplemented<T extends Schemas>(
  messages: {
    readonly [N in NameOf<SchemaStrings<T> & string>]?: string
  },
): void {
  for (const [name, message] of Object.entries<string | undefined>(messages)) {
    if (message) notImplemented.set(name, message)
  }
}

/** The message of an op whose backward is an error. */
export const refusalOf = (name: string): string | undefined => notImplemented.get(name)
