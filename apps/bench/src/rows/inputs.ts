/** What an input of a row holds; every contestant makes its own tensor from the same numbers. */
export interface InputSpec {
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32'
  /** For integers: all lie below it. */
  readonly below: number
}

export type InputSpecs = Readonly<Record<string, InputSpec>>
/** The inputs as a library has them. */
export type Inputs<T> = Readonly<Record<string, T>>

/** Numbers in (-1, 1). */
export const uniform = (...shape: number[]): InputSpec => ({ shape, dtype: 'float32', below: 0 })

/** Integers in [0, below). */
export const integers = (below: number, ...shape: number[]): InputSpec => ({
  shape,
  dtype: 'int32',
  below,
})

export const countOf = ({ shape }: { readonly shape: readonly number[] }): number =>
  shape.reduce((a, b) => a * b, 1)

/** Shares of 1, always the same ones for a seed (the generator of Numerical Recipes). */
function* shares(count: number, seed: number): Generator<number> {
  let state = seed + 1
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    yield state / 2 ** 32
  }
}

/** Numbers in (-1, 1). */
export const uniformData = (shape: readonly number[], seed: number): Float32Array<ArrayBuffer> =>
  Float32Array.from(shares(countOf({ shape }), seed), (share) => share * 2 - 1)

export type Data = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>

/** The numbers of an input. */
export const dataOf = ({ shape, dtype, below }: InputSpec, seed: number): Data =>
  dtype === 'float32'
    ? uniformData(shape, seed)
    : Int32Array.from(shares(countOf({ shape }), seed), (share) => Math.floor(share * below))

/** The numbers of all inputs, by name. */
export const allData = (specs: InputSpecs): [name: string, spec: InputSpec, data: Data][] =>
  Object.entries(specs).map(([name, spec], i) => [name, spec, dataOf(spec, i)])
