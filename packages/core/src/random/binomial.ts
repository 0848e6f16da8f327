import type { DType, TypedArray } from '@sconce/backend'
import { log } from './elementary.ts'
import { generate, notImplemented, reader, rounder } from './elements.ts'
import type { Generator } from './generator.ts'

const { abs, ceil, floor, log1p, sqrt } = Math

/** What Stirling's formula lacks of ln k!, for k = 0 … 9. */
const tails = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509,
  0.0166446911898211, 0.0138761288230707, 0.0118967099458917, 0.010411265261972,
  0.00925546218271273, 0.00833056343336287,
]

function stirlingTail(k: number): number {
  if (k <= 9) return tails[Math.trunc(k)]
  const square = (k + 1) * (k + 1)
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)
}

/**
 * Values are rounded where PyTorch computes in the dtype of the arguments: everything else is in
 * double precision.
 */
type Round = (value: number) => number

/** Counts geometric numbers until their sum exceeds the number of trials. */
function byInversion(generator: Generator, count: number, p: number, round: Round): number {
  const logFailure = round(log1p(-p))
  let successes = 0
  let trials = 0
  for (;;) {
    trials += ceil(log(generator.uniform53()) / logFailure)
    if (trials > count) return successes
    successes = round(successes + 1)
  }
}

/**
 * Source: W. Hörmann, "The generation of binomial random variates" (1993), algorithm BTRS, with the
 * logarithm that it lacks.
 */
function byRejection(generator: Generator, count: number, p: number, round: Round): number {
  const q = round(1 - p)
  const mean = round(count * p)
  const deviation = round(sqrt(round(mean * q)))
  const b = 1.15 + 2.53 * deviation
  const a = -0.0873 + 0.0248 * b + 0.01 * p
  const c = mean + 0.5
  const vr = 0.92 - 4.2 / b
  const odds = round(p / q)
  const alpha = (2.83 + 5.1 / b) * deviation
  const next = round(count + 1)
  const mode = floor(round(next * p))
  for (;;) {
    const u = generator.uniform53() - 0.5
    const v = generator.uniform53()
    const us = 0.5 - abs(u)
    const k = round(floor(((2 * a) / us + b) * u + c))
    if (k < 0 || k > count) continue
    if (us >= 0.07 && v <= vr) return k
    const rest = round(count - k)
    const left = round(rest + 1)
    const bound =
      (mode + 0.5) * log((mode + 1) / (odds * (count - mode + 1))) +
      next * log((count - mode + 1) / left) +
      (k + 0.5) * log((odds * left) / round(k + 1)) +
      stirlingTail(mode) +
      stirlingTail(count - mode) -
      stirlingTail(k) -
      stirlingTail(rest)
    if (log((v * alpha) / (a / (us * us) + b)) <= bound) return k
  }
}

/** For p in (0, 0.5]. */
const successes = (generator: Generator, count: number, p: number, round: Round): number =>
  (round(count * p) >= 10 ? byRejection : byInversion)(generator, count, p, round)

function sample(generator: Generator, count: number, p: number, round: Round): number {
  if (count <= 0 || p <= 0) return 0
  if (p >= 1) return count
  // For a count that is NaN PyTorch's loop would not end.
  if (Number.isNaN(p) || Number.isNaN(count)) return Number.NaN
  return p <= 0.5
    ? successes(generator, count, p, round)
    : round(count - successes(generator, count, round(1 - p), round))
}

/**
 * The number of successes in so many trials of such a probability, elementwise (`torch.binomial`).
 * Integers of float32 arguments may differ from PyTorch's, at odds of about one in a million, where
 * its C library rounds `log1pf` another way.
 * @param dtype of all: float32 or float64.
 * @param counts numbers of trials; as many as there are probabilities.
 * @throws RuntimeError in PyTorch's words on another dtype.
 */
export function binomial(
  generator: Generator,
  dtype: DType,
  counts: TypedArray,
  probabilities: TypedArray,
): TypedArray {
  if (dtype !== 'float32' && dtype !== 'float64') throw notImplemented(dtype, 'binomial_cpu')
  const round = rounder(dtype)
  const count = reader(dtype, counts)
  const p = reader(dtype, probabilities)
  return generate(dtype, counts.length, (i) => sample(generator, count(i), p(i), round))
}
