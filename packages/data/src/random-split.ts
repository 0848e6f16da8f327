import { defaultGenerator, draws, type Generator, ValueError } from '@sconce/core'
import { type AnyDataset, asMapDataset, type Dataset } from './dataset.ts'
import { Subset } from './datasets.ts'

/** Whether the numbers are fractions: `math.isclose(total, 1) and total <= 1`. */
const sumsToOne = (total: number): boolean => total <= 1 && 1 - total <= 1e-9

/** Numbers of items for fractions: each rounded down, the rest dealt out one by one. */
function countsOf(fractions: readonly number[], length: number): number[] {
  fractions.forEach((fraction, i) => {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new ValueError(`Fraction at index ${i} is not between 0 and 1`)
    }
  })
  const counts = fractions.map((fraction) => Math.floor(length * fraction))
  const rest = length - counts.reduce((a, b) => a + b, 0)
  for (let i = 0; i < rest; i++) counts[i % counts.length]++
  return counts
}

/**
 * Splits a dataset at random, in PyTorch's order for the same generator; `torch.utils.data.random_split`.
 *
 * @param lengths numbers of items, or fractions that sum to 1.
 * @throws ValueError in PyTorch's words if they don't add up.
 */
export function randomSplit<Item>(
  dataset: Dataset<Item> | readonly Item[],
  lengths: readonly number[],
  options: { generator?: Generator } = {},
): Subset<Item>[] {
  const whole = asMapDataset<Item>(dataset as AnyDataset<Item>)
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)
  const counts = sumsToOne(sum(lengths)) ? countsOf(lengths, whole.length) : lengths
  if (sum(counts) !== whole.length || counts.some((n) => !Number.isInteger(n) || n < 0)) {
    throw new ValueError('Sum of input lengths does not equal the length of the input dataset!')
  }
  const generator = options.generator ?? defaultGenerator()
  const order = Array.from(draws.randperm(generator, 'int32', whole.length), Number)
  let end = 0
  return counts.map((count) => {
    end += count
    return new Subset(whole, order.slice(end - count, end))
  })
}
