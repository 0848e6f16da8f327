import type { DType } from '@sconce/backend'
import type { Generator } from '../random/index.ts'
import type { Scalar } from '../scalar.ts'
import type { Tensor } from '../tensor.ts'

/**
 * Types read off schema strings. A schema is written as in PyTorch's `native_functions.yaml`:
 *
 *     'sum(Tensor self, int[]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor!'
 *
 * and is the single source of an op's name, argument checks, defaults and TypeScript signature. A `!`
 * behind the result says that there is an in-place form too (`sum_`). `int...` is a list that may
 * also be spread over the arguments: `x.permute(1, 0)`. Types never hold a blank, and neither do
 * defaults (`[1,1]`).
 */

/** What an implementation receives, by schema type. */
interface Bound {
  Tensor: Tensor
  'Tensor[]': Tensor[]
  'Tensor?[]': (Tensor | undefined)[]
  'Tensor|Scalar': Tensor | Scalar
  Scalar: Scalar
  'Scalar[]': Scalar[]
  int: number
  'int[]': number[]
  'int...': number[]
  'int|int[]': number | number[]
  'int?[]': (number | undefined)[]
  'int|int[]|Tensor': number | number[] | Tensor
  'int|int[]|str': number | number[] | string
  'int|int[][]': number | number[][]
  float: number
  'float[]': number[]
  bool: boolean
  /** Only this value: overloads that differ in what they return. */
  true: true
  false: false
  'int|Tensor': number | Tensor
  'bool[]': boolean[]
  str: string
  'str|int': string | number
  'Scalar|str': Scalar | string
  ScalarType: DType
  Device: string
  Generator: Generator
}

/** What a caller may pass: an integer serves as a list, a bigint or a boolean as a Scalar. */
interface Passed
  extends Omit<
    Bound,
    | 'int[]'
    | 'int|int[]'
    | 'int?[]'
    | 'int|int[]|Tensor'
    | 'int|int[]|str'
    | 'int|int[][]'
    | 'float[]'
    | 'Tensor[]'
    | 'Scalar[]'
    | 'Tensor?[]'
    | 'bool[]'
  > {
  'int[]': number | readonly number[]
  'int|int[]': number | readonly number[]
  'int?[]': number | readonly (number | null | undefined)[]
  'int|int[]|Tensor': number | readonly number[] | Tensor
  'int|int[]|str': number | readonly number[] | string
  'int|int[][]': number | readonly (readonly number[])[]
  'Tensor[]': readonly Tensor[]
  'Tensor?[]': readonly (Tensor | null | undefined)[]
  'float[]': number | readonly number[]
  'Scalar[]': readonly Scalar[]
  'bool[]': readonly boolean[]
}

/** `int[2]` is `int[]` that also takes one number for all; `T?` may be left out. */
type Lookup<T extends string, M> = T extends `${infer U}?`
  ? Lookup<U, M> | undefined
  : T extends `${infer U}[${number}]`
    ? Lookup<`${U}[]`, M>
    : T extends keyof M
      ? M[T]
      : never

/** One parameter of a schema. */
export interface Parameter<
  N extends string = string,
  T extends string = string,
  O extends boolean = boolean,
  K extends boolean = boolean,
> {
  name: N
  type: T
  optional: O
  keyword: K
}

type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S

type ParseParameter<
  S extends string,
  K extends boolean,
> = S extends `${infer T} ${infer N}=${string}`
  ? Parameter<Camel<N>, T, true, K>
  : S extends `${infer T} ${infer N}`
    ? Parameter<Camel<N>, T, false, K>
    : never

type ParseParameters<
  S extends string,
  K extends boolean = false,
  Done extends Parameter[] = [],
> = S extends ''
  ? Done
  : S extends '*'
    ? Done
    : S extends `*, ${infer Rest}`
      ? ParseParameters<Rest, true, Done>
      : S extends `${infer Head}, ${infer Rest}`
        ? ParseParameters<Rest, K, [...Done, ParseParameter<Head, K>]>
        : [...Done, ParseParameter<S, K>]

/** The parameters of a schema. */
export type ParametersOf<S extends string> = S extends `${string}(${infer A}) -> ${string}`
  ? ParseParameters<A>
  : never

type ParseResults<
  S extends string,
  Done = unknown,
> = S extends `${infer T} ${infer N}, ${infer Rest}`
  ? ParseResults<Rest, Done & { [P in Camel<N>]: Lookup<T, Bound> }>
  : S extends `${infer T} ${infer N}`
    ? Done & { [P in Camel<N>]: Lookup<T, Bound> }
    : never

/** What an op returns: named results are an object with those names. */
export type ResultOf<S extends string> = S extends `${string} -> ${infer R}`
  ? R extends `${infer Q}!`
    ? Lookup<Q, Bound>
    : R extends `(${infer Many})`
      ? { [P in keyof ParseResults<Many>]: ParseResults<Many>[P] }
      : R extends '()'
        ? undefined
        : Lookup<R, Bound>
  : never

/** Full name of the overload that a schema declares: `max.dim`. */
export type NameOf<S extends string> = S extends `${infer N}(${string}` ? N : never

type BoundTuple<P extends readonly Parameter[]> = {
  -readonly [I in keyof P]: Lookup<P[I]['type'], Bound>
}

/** An implementation: arguments in schema order, defaults filled in. */
export type ImplementationOf<S extends string> = (
  ...args: BoundTuple<ParametersOf<S>>
) => ResultOf<S>

/** Arguments by name, as the derivative table sees them. */
export type NamedArguments<S extends string> = {
  [P in ParametersOf<S>[number] as P['name']]: Lookup<P['type'], Bound>
}

/** Names of the parameters that can have a gradient. */
export type TensorParameters<S extends string> = {
  [P in ParametersOf<S>[number] as P['type'] extends `Tensor${string}` ? P['name'] : never]: true
}

/** A parameter that must be given, by name where it comes after optional ones. */
type RequiredOption = { keyword: true; optional: false } | { type: 'true'; optional: false }

type OptionsOf<P extends readonly Parameter[]> = {
  [Q in P[number] as Q['optional'] extends true ? Q['name'] : never]?: Lookup<Q['type'], Passed>
} & {
  [Q in P[number] as Q extends RequiredOption ? Q['name'] : never]: Lookup<Q['type'], Passed>
}

type HasOptions<P extends readonly Parameter[]> =
  Extract<P[number], { optional: true } | { keyword: true }> extends never ? false : true

/** Positional arguments in order, any of the optional ones left out, then the options by name. */
type Tail<P extends readonly Parameter[], All extends readonly Parameter[]> = P extends readonly [
  infer Head extends Parameter,
  ...infer Rest extends Parameter[],
]
  ? Head['type'] extends 'int...'
    ? number[] | Spread<All> | [readonly number[], ...Tail<Rest, All>]
    : Head['keyword'] extends true
      ? HasOptions<All> extends true
        ? [options?: OptionsOf<All>]
        : []
      : Head['optional'] extends true
        ?
            | [options?: OptionsOf<All>]
            | [Lookup<Head['type'], Passed> | undefined, ...Tail<Rest, All>]
        : [Lookup<Head['type'], Passed>, ...Tail<Rest, All>]
  : HasOptions<All> extends true
    ? [options?: OptionsOf<All>]
    : []

/** Sizes spread over the arguments, then the options: `zeros(2, 3, { dtype })`. */
type Spread<All extends readonly Parameter[]> =
  HasOptions<All> extends true ? [...number[], OptionsOf<All>] : never

type DropFirst<P extends readonly Parameter[]> = P extends readonly [
  Parameter,
  ...infer Rest extends Parameter[],
]
  ? Rest
  : []

/** The signature of the free function. */
export type FunctionOf<S extends string> = (
  ...args: Tail<ParametersOf<S>, ParametersOf<S>>
) => ResultOf<S>

/** The signature of the method: `self` is `this`. */
export type MethodOf<S extends string> = (
  ...args: Tail<DropFirst<ParametersOf<S>>, DropFirst<ParametersOf<S>>>
) => ResultOf<S>

type Intersect<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void
  ? I
  : never

/** A schema table: one schema an op, or several overloads. */
export type Schemas = Readonly<Record<string, string | readonly string[]>>

/** All schema strings of a table. */
export type SchemaStrings<T extends Schemas> = {
  [K in keyof T]: T[K] extends string ? T[K] : T[K] extends readonly string[] ? T[K][number] : never
}[keyof T]

type InplaceOf<S> = S extends `${string}!` ? S : never
type Each<V> = V extends readonly string[] ? V[number] : V

/** Methods of a schema table, with their in-place forms. */
export type Methods<T extends Schemas> = {
  [K in keyof T as OverloadMethods<Each<T[K]>> extends never ? never : K]: Intersect<
    OverloadMethods<Each<T[K]>>
  >
} & {
  [K in keyof T & string as InplaceOf<Each<T[K]>> extends never ? never : `${K}_`]: Intersect<
    OverloadMethods<InplaceOf<Each<T[K]>>>
  >
}

/**
 * Overloads with one result are one function with a union of argument lists: of two functions whose first
 * argument and result are the same TypeScript drops the second.
 */
type SameResult<S, R> = S extends string
  ? [ResultOf<S>, R] extends [R, ResultOf<S>]
    ? S
    : never
  : never
type ParametersOfMethods<S> = S extends string ? Parameters<MethodOf<S>> : never
type ParametersOfFunctions<S> = S extends string ? Parameters<FunctionOf<S>> : never

/** Only what has a `self` in front is a method: `torch.where(condition, a, b)` is not. */
type WithSelf<S> = S extends `${string}(Tensor self${string}` ? S : never
type OverloadMethods<S> = MethodsAmong<WithSelf<S>>
type MethodsAmong<S, All = S> = S extends string
  ? (...args: ParametersOfMethods<SameResult<All, ResultOf<S>>>) => ResultOf<S>
  : never
type OverloadFunctions<S, All = S> = S extends string
  ? (...args: ParametersOfFunctions<SameResult<All, ResultOf<S>>>) => ResultOf<S>
  : never

/** Free functions of a schema table. */
export type Functions<T extends Schemas> = {
  [K in keyof T]: T[K] extends string
    ? FunctionOf<T[K]>
    : T[K] extends readonly string[]
      ? Intersect<OverloadFunctions<T[K][number]>>
      : never
}

/** In-place forms of a schema table as free functions. */
export type InplaceFunctions<T extends Schemas> = {
  [K in keyof T & string as InplaceOf<Each<T[K]>> extends never ? never : `${K}_`]: Intersect<
    OverloadFunctions<InplaceOf<Each<T[K]>>>
  >
}

/** An implementation for every overload of a table, keyed by the overload's full name. */
export type Implementations<T extends Schemas> = {
  [S in SchemaStrings<T> & string as NameOf<S>]: ImplementationOf<S>
}
