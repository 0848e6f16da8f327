import { type DType, dtypes, isDType, type TypedArray } from '@sconce/backend'
import * as random from '../../src/random/index.ts'
import recorded from './data/pytorch.json' with { type: 'json' }

/*
 * `data/pytorch.json` holds what PyTorch drew, recorded once: `programs` are lines of user code,
 * `calls` single functions by the names that they have here, after `manual_seed(seed)`; `next` is the
 * double that PyTorch drew afterwards, which tells whether as many numbers were taken. Arrays are
 * base64 of little-endian elements.
 */
type Argument = string | number | boolean | null

export interface Call {
  readonly call: string
  readonly dtype: string
  readonly args: readonly Argument[]
}

export interface RecordedCall extends Call {
  readonly seed: string
  readonly outDtype: string
  readonly out: string
  readonly next: number
}

export interface RecordedError extends Call {
  readonly error: string
}

export interface RecordedProgram {
  readonly name: string
  readonly seed: number
  readonly outputs: readonly { readonly dtype: string; readonly data: string }[]
}

export const calls: readonly RecordedCall[] = recorded.calls
export const errors: readonly RecordedError[] = recorded.errors
export const programs: readonly RecordedProgram[] = recorded.programs

export function dtypeOf(name: string): DType {
  if (!isDType(name)) throw new Error(`${name} is no dtype`)
  return name
}

/** The array that a base64 text stands for. */
export function decode(dtype: string, text: string): TypedArray {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'))
  const { array, size } = dtypes[dtypeOf(dtype)]
  return new array(bytes.buffer, 0, bytes.length / size)
}

const count = (x: Argument): number => Number(x)
const optional = (x: Argument | undefined): number | undefined =>
  x === undefined ? undefined : Number(x)
const bound = (x: Argument): bigint | null =>
  x === null ? null : BigInt(Number.isInteger(x) ? Number(x) : String(x))

type Run = (generator: random.Generator, dtype: DType, args: readonly Argument[]) => TypedArray

type Simple = (
  generator: random.Generator,
  dtype: DType,
  count: number,
  a?: number,
  b?: number,
) => TypedArray

/** Of functions that take a count and at most two numbers. */
const simple =
  (f: Simple): Run =>
  (generator, dtype, [n, a, b]) =>
    f(generator, dtype, count(n), optional(a), optional(b))

/** Numbers stay, texts are arrays. */
const numbers = (dtype: DType, x: Argument): number | TypedArray =>
  typeof x === 'string' ? decode(dtype, x) : Number(x)

const array = (dtype: string, x: Argument): TypedArray => decode(dtype, String(x))

const runs: Record<string, Run> = {
  uniform: simple(random.uniform),
  normal: simple(random.normal),
  normalStrided: simple(random.normalStrided),
  exponential: simple(random.exponential),
  cauchy: simple(random.cauchy),
  logNormal: simple(random.logNormal),
  bernoulli: simple(random.bernoulli),
  random: simple(random.random),
  randperm: simple(random.randperm),
  geometric: (g, dtype, [n, p]) => random.geometric(g, dtype, count(n), Number(p)),
  dropoutNoise: (g, dtype, [n, p]) => random.dropoutNoise(g, dtype, count(n), Number(p)),
  normalOf: (g, dtype, [n, mean, std]) =>
    random.normalOf(g, dtype, count(n), numbers(dtype, mean), numbers(dtype, std)),
  bernoulliOf: (g, dtype, [pDType, p]) =>
    random.bernoulliOf(g, dtype, dtypeOf(String(pDType)), array(String(pDType), p)),
  rreluNoise: (g, dtype, [x, lower, upper]) =>
    random.rreluNoise(g, dtype, array(dtype, x), Number(lower), Number(upper)),
  randint: (g, dtype, [n, from, to]) =>
    random.randint(g, dtype, count(n), bound(from) ?? 0n, bound(to)),
  poisson: (g, dtype, [rates]) => random.poisson(g, dtype, array(dtype, rates)),
  binomial: (g, dtype, [counts, p]) =>
    random.binomial(g, dtype, array(dtype, counts), array(dtype, p)),
  multinomial: (g, dtype, [weights, categories, samples, replacement]) =>
    random.multinomial(
      g,
      dtype,
      array(dtype, weights),
      Number(categories),
      Number(samples),
      replacement === true,
    ),
}

/** Makes a recorded call here. */
export function run(generator: random.Generator, { call, dtype, args }: Call): TypedArray {
  const f = runs[call]
  if (f === undefined) throw new Error(`no function ${call}`)
  return f(generator, dtypeOf(dtype), args)
}

/** A readable name of a call: long arguments are cut. */
export const title = ({ call, dtype, args }: Call): string =>
  `${call} ${dtype} (${args.map((x) => String(x).slice(0, 24)).join(', ')})`
