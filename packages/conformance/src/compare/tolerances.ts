/**
 * How exact a result must be. This is the only place that knows: the defaults are PyTorch's own
 * (`torch.testing.assert_close`), whatever is looser is a row of `toleranceRules` with its reason, and
 * `allowedError` is the one formula.
 */
import { type DType, elementCount } from '@sconce/backend'
import { matchesGlob } from '../glob.ts'
import type { F64Dev } from '../golden/types.ts'

/** |actual - expected| may be atol + rtol · |expected|, or any error of up to `ulp` ULP. */
export interface Tolerance {
  readonly rtol: number
  readonly atol: number
  readonly ulp?: number
}

/** What a rule may depend on. */
export interface ToleranceContext {
  /** PyTorch's name: `mm`, `linalg.svd`. */
  readonly op: string
  readonly dtype: DType
  /** `grad`: first derivatives; `double`: derivatives of those. */
  readonly phase: 'forward' | 'grad' | 'double'
  /** Shapes of the tensors that went in. */
  readonly inputs: readonly (readonly number[])[]
  /** Shape of the compared tensor. */
  readonly output: readonly number[]
  /** Size of the terms that were added up, at least the largest expected magnitude. */
  readonly magnitude: number
}

export const exact: Tolerance = { rtol: 0, atol: 0 }

/** PyTorch's `assert_close`. Integers and bool are exact. */
export const defaultTolerances: Readonly<Record<DType, Tolerance>> = {
  float32: { rtol: 1.3e-6, atol: 1e-5 },
  float64: { rtol: 1e-7, atol: 1e-7 },
  float16: { rtol: 1e-3, atol: 1e-5 },
  bfloat16: { rtol: 1.6e-2, atol: 1e-5 },
  int64: exact,
  int32: exact,
  int16: exact,
  int8: exact,
  uint8: exact,
  bool: exact,
}

/** Distance from 1 to the next number: one ULP at 1. */
export const epsilon: Readonly<Partial<Record<DType, number>>> = {
  float32: 2 ** -23,
  float64: 2 ** -52,
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
}

/**
 * ULP for a sum of n terms, in ULP of the sum of their magnitudes. Pairwise sums err by log2(n) at most,
 * blocked ones a little more; a running float32 sum errs by about √n or n and is meant to be caught.
 */
export const summation = (n: number): number => 4 + 2 * Math.log2(Math.max(n, 1))

/**
 * ULP for a dot product of length n. Matrix products everywhere accumulate runs of a few hundred products
 * in order, whose rounding errors add up like a random walk.
 */
export const contraction = (n: number): number => 4 + 2 * Math.sqrt(n)

/** Longest sum that any derivative of an op with these shapes can contain. */
const longest = ({ inputs, output }: ToleranceContext): number =>
  Math.max(1, elementCount(output), ...inputs.map(elementCount))

/** How many elements of the first input make one of the output. */
const reduced = ({ inputs, output }: ToleranceContext): number =>
  inputs.length === 0 ? 1 : elementCount(inputs[0]) / Math.max(1, elementCount(output))

const lastOfFirst = ({ inputs }: ToleranceContext): number => inputs[0]?.at(-1) ?? 1

/** Elements of a filter that make one output: in channels of the group times the kernel. */
const filterLength = ({ inputs }: ToleranceContext): number =>
  elementCount(inputs[1]?.slice(1) ?? [])

/** A wider tolerance for some ops, and why. */
export interface ToleranceRule {
  /** Names of ops; `*` stands for anything. */
  readonly ops: readonly string[]
  readonly phases: readonly ToleranceContext['phase'][]
  /** Absolute error allowed besides the default, in ULP of the magnitude. */
  readonly ulp: (context: ToleranceContext) => number
  readonly reason: string
}

/** The first rule that fits is added to the default. */
export const toleranceRules: readonly ToleranceRule[] = [
  {
    ops: ['mm', 'bmm', 'matmul', '__rmatmul__', 'mv', 'dot', 'vdot', 'inner', 'outer', 'einsum']
      .concat(['addmm', 'addmv', 'addr', 'addbmm', 'baddbmm', 'tensordot', 'chain_matmul'])
      .concat(['linalg.multi_dot', 'nn.functional.linear', 'nn.functional.bilinear', 'kron']),
    phases: ['forward'],
    // An einsum may contract more than the last dim.
    ulp: (context) =>
      contraction(context.op === 'einsum' ? longest(context) : lastOfFirst(context)),
    reason: 'a dot product rounds once per term, in an order that is the backend’s choice',
  },
  {
    ops: ['nn.functional.conv*'],
    phases: ['forward'],
    ulp: (context) => contraction(filterLength(context)),
    reason: 'each output is a dot product of a filter’s length',
  },
  {
    ops: ['sum', 'nansum', 'mean', 'nanmean', 'trace', 'cumsum', 'logcumsumexp', 'logsumexp']
      .concat(['sum_to_size', 'var*', 'std*', 'norm*', 'linalg.*norm', 'masked.*', 'dist'])
      .concat(['nn.functional.*norm', 'nn.functional.*pool*', 'cov', 'corrcoef']),
    phases: ['forward'],
    ulp: (context) =>
      summation(Math.max(reduced(context), context.op.includes('cum') ? longest(context) : 1)),
    reason: 'a sum rounds once per term, in an order that is the backend’s choice',
  },
  {
    ops: ['linalg.*', 'cholesky*', 'inverse', 'pinverse', 'det', 'logdet', 'slogdet', 'lu*', 'qr']
      .concat(['svd*', 'symeig', 'geqrf', 'ormqr', 'orgqr', 'lstsq', 'triangular_solve'])
      .concat(['matrix_exp', 'matrix_power', 'pca_lowrank', 'lobpcg']),
    phases: ['forward', 'grad', 'double'],
    ulp: (context) =>
      (context.phase === 'double' ? 64 : 8) *
      Math.max(1, ...context.inputs.map((shape) => shape.at(-1) ?? 1)),
    reason:
      'factorisations are backward stable: they err by a small multiple of n ULP of the largest ' +
      'element, and by more only with the condition number, which the recorded f64dev accounts for; ' +
      'second derivatives have it squared, and no deviation was recorded for them',
  },
  {
    ops: ['special.bessel_*', 'special.airy_ai'],
    phases: ['forward'],
    ulp: ({ dtype }) => (dtype === 'float64' ? 2 ** 34 : 4),
    reason:
      'PyTorch takes its rational approximations from Cephes without the leading 1 of the ' +
      'denominators, and is off by up to 6e-7 in double precision; the true values are allowed',
  },
  {
    ops: ['*'],
    phases: ['grad', 'double'],
    ulp: (context) => summation(longest(context)),
    reason: 'a gradient sums over whatever the forward op broadcast, repeated or contracted',
  },
]

/** The tolerance of a tensor in a context: the default of its dtype and the first rule that fits. */
export function toleranceOf(context: ToleranceContext): Tolerance & { readonly reason?: string } {
  const base = defaultTolerances[context.dtype]
  const unit = epsilon[context.dtype]
  if (unit === undefined) return base
  const rule = toleranceRules.find(
    ({ ops, phases }) => phases.includes(context.phase) && matchesGlob(context.op, ops),
  )
  if (!rule) return base
  const { rtol, atol } = base
  return { rtol, atol: atol + rule.ulp(context) * unit * context.magnitude, reason: rule.reason }
}

/** How much further than PyTorch's float32 a result may be from float64. */
const F64DEV_FACTOR = 8

/**
 * The error allowed at an element. PyTorch's own deviation from float64 widens it by 8 times, but just
 * where it was seen: an element's deviation is at most `abs` and at most `rel` of the element, so a huge
 * `abs` from one huge element does not excuse the small ones. Deviations of unstable samples mean nothing.
 */
export function allowedError({ rtol, atol }: Tolerance, expected: number, f64dev?: F64Dev): number {
  const size = Math.abs(expected)
  const allowed = atol + rtol * size
  if (!f64dev || f64dev.unstable) return allowed
  return Math.max(allowed, F64DEV_FACTOR * Math.min(f64dev.abs, f64dev.rel * size))
}
