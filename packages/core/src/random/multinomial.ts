import { type DType, dtypes, type TypedArray } from '@sconce/backend'
import { check } from '../errors.ts'
import { type FloatDType, isFloatDType, reader, rounder } from './elements.ts'
import type { Generator } from './generator.ts'
import { exponential } from './transformed.ts'

/** Reads the weight of a category in a row. */
type Weights = (row: number, category: number) => number

/** The running sum of a row, scaled to end at 1, in the precision of the dtype. */
function cumulative(
  dtype: FloatDType,
  weight: (category: number) => number,
  categories: number,
): Float64Array {
  // PyTorch's accumulator of half precision is a float.
  const round = rounder(dtype === 'float64' ? dtype : 'float32')
  const sums = new Float64Array(categories)
  let sum = 0
  for (let j = 0; j < categories; j++) {
    const value = weight(j)
    check(value >= 0, () => 'invalid multinomial distribution (encountering probability entry < 0)')
    check(
      Number.isFinite(value),
      () => 'invalid multinomial distribution (encountering probability entry = infinity or NaN)',
    )
    sum = round(sum + value)
    sums[j] = sum
  }
  check(sum > 0, () => 'invalid multinomial distribution (sum of probabilities <= 0)')
  for (let j = 0; j < categories; j++) sums[j] = round(sums[j] / sum)
  sums[categories - 1] = 1
  return sums
}

/** Index of the first element that is not less than `value`. */
function lowerBound(sorted: Float64Array, value: number): number {
  let left = 0
  let right = sorted.length
  while (left < right) {
    const middle = left + ((right - left) >> 1)
    if (sorted[middle] < value) left = middle + 1
    else right = middle
  }
  return left
}

function withReplacement(
  generator: Generator,
  dtype: FloatDType,
  weights: Weights,
  rows: number,
  categories: number,
  samples: number,
): Int32Array {
  // All rows are checked before the first number is drawn.
  const tables = Array.from({ length: rows }, (_, row) =>
    cumulative(dtype, (j) => weights(row, j), categories),
  )
  const out = new Int32Array(rows * samples)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < samples; k++) {
      out[row * samples + k] = lowerBound(tables[row], generator.uniform53())
    }
  }
  return out
}

function checkRows(weights: Weights, rows: number, categories: number): void {
  const sums = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < categories; j++) {
      const value = weights(row, j)
      check(
        value >= 0 && value < Number.POSITIVE_INFINITY,
        () => 'probability tensor contains either `inf`, `nan` or element < 0',
      )
      sums[row] += value
    }
  }
  check(
    sums.every((sum) => sum > 0),
    () => 'invalid multinomial distribution (sum of probabilities <= 0)',
  )
}

/** Each weight is divided by an exponential number; those with the largest quotients are taken. */
function withoutReplacement(
  generator: Generator,
  dtype: FloatDType,
  weights: Weights,
  rows: number,
  categories: number,
  samples: number,
): Int32Array {
  checkRows(weights, rows, categories)
  const round = rounder(dtype)
  const noise = reader(dtype, exponential(generator, dtype, rows * categories))
  const keys = new Float64Array(categories)
  const order = new Int32Array(categories)
  const out = new Int32Array(rows * samples)
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < categories; j++) {
      order[j] = j
      keys[j] = round(weights(row, j) / noise(row * categories + j))
    }
    order.sort((a, b) => keys[b] - keys[a])
    out.set(order.subarray(0, samples), row * samples)
  }
  return out
}

/**
 * Indices of categories, drawn in proportion to the weights of each row (`torch.multinomial`); row
 * after row, `samples` each. Without replacement, categories whose quotients tie (such as those of
 * weight zero) come in ascending order; PyTorch leaves theirs unspecified.
 * @param dtype the weights', a float one but float16.
 * @param weights rows of `categories` elements, each.
 * @throws RuntimeError in PyTorch's words; then nothing has been drawn.
 */
export function multinomial(
  generator: Generator,
  dtype: DType,
  weights: TypedArray,
  categories: number,
  samples: number,
  replacement = false,
): Int32Array {
  check(
    isFloatDType(dtype),
    () =>
      `multinomial only supports floating-point dtypes for input, got: ${dtypes[dtype].scalarType}`,
  )
  check(samples > 0, () => 'cannot sample n_sample <= 0 samples')
  check(
    replacement || samples <= categories,
    () => 'cannot sample n_sample > prob_dist.size(-1) samples without replacement',
  )
  check(categories <= 2 ** 24, () => 'number of categories cannot exceed 2^24')
  check(dtype !== 'float16', () => 'multinomial is not implemented for half on CPU')
  check(categories > 0, () => 'invalid multinomial distribution (sum of probabilities <= 0)')
  const read = reader(dtype, weights)
  const sample = replacement ? withReplacement : withoutReplacement
  return sample(
    generator,
    dtype as FloatDType,
    (row, category) => read(row * categories + category),
    weights.length / categories,
    categories,
    samples,
  )
}
