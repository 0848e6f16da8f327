import '@sconce/backend-cpu'
import { Generator, manualSeed, rand, tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import {
  BatchSampler,
  DistributedSampler,
  RandomSampler,
  randomSplit,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from '../src/index.ts'

const ten = Array.from({ length: 10 }, (_, i) => i)

/** Expected orders are those that PyTorch 1.13 gives for the same seeds. */
describe('samplers in the order of PyTorch', () => {
  it('RandomSampler seeds a generator of its own from the default one', () => {
    manualSeed(1)
    const drawn = [...new RandomSampler(ten, { replacement: true, numSamples: 40 })]
    expect(drawn).toEqual([
      6, 2, 0, 4, 1, 4, 0, 5, 4, 1, 2, 1, 4, 3, 5, 2, 4, 2, 1, 9, 2, 3, 3, 0, 8, 1, 6, 8, 2, 1, 1,
      4, 5, 8, 6, 3, 2, 9, 8, 0,
    ])
    // More than there are: whole permutations and a part of one.
    expect([...new RandomSampler(ten, { numSamples: 25 })]).toEqual([
      4, 2, 0, 6, 8, 7, 9, 1, 5, 3, 4, 0, 2, 8, 9, 6, 1, 7, 5, 3, 2, 7, 0, 8, 1,
    ])
  })

  it('RandomSampler draws from a given generator, one permutation more than it needs', () => {
    const generator = new Generator(3)
    expect([...new RandomSampler(ten, { generator })]).toEqual([6, 0, 3, 7, 8, 5, 1, 9, 2, 4])
    expect([...new RandomSampler(ten, { generator, numSamples: 13 })]).toEqual([
      0, 9, 6, 1, 7, 2, 5, 3, 4, 8, 4, 5, 0,
    ])
    expect([...new RandomSampler(ten, { generator, replacement: true, numSamples: 33 })]).toEqual([
      3, 0, 2, 1, 3, 4, 6, 5, 4, 1, 6, 3, 7, 1, 3, 6, 9, 4, 4, 5, 1, 3, 6, 2, 4, 3, 0, 2, 4, 7, 8,
      8, 3,
    ])
  })

  it('SubsetRandomSampler and WeightedRandomSampler', () => {
    manualSeed(2)
    expect([...new SubsetRandomSampler([3, 5, 7, 9, 11])]).toEqual([9, 11, 5, 3, 7])
    const weights = [0.1, 0.9, 0.4, 0.7, 3.0, 0.6]
    expect([...new WeightedRandomSampler(weights, 12)]).toEqual([
      4, 4, 5, 4, 1, 3, 4, 4, 1, 4, 4, 4,
    ])
    const others = tensor([0.9, 0.4, 0.05, 0.2, 0.3, 0.1], { dtype: 'float64' })
    const once = new WeightedRandomSampler(others, 5, { replacement: false })
    expect([...once]).toEqual([3, 1, 5, 0, 4])
  })

  it('DistributedSampler shares an epoch out', () => {
    const parts = [0, 1, 2].map((rank) => [
      ...new DistributedSampler(ten, { numReplicas: 3, rank, seed: 4 }),
    ])
    expect(parts).toEqual([
      [0, 6, 2, 5],
      [4, 7, 8, 0],
      [9, 3, 1, 4],
    ])
    const dropping = new DistributedSampler(ten, { numReplicas: 3, rank: 1, dropLast: true })
    dropping.setEpoch(2)
    expect([...dropping]).toEqual([7, 6, 4])
    expect(dropping.length).toBe(3)
    expect([...new DistributedSampler(ten, { numReplicas: 4, rank: 3, shuffle: false })]).toEqual([
      3, 7, 1,
    ])
    expect(() => new DistributedSampler(ten, { numReplicas: 2, rank: 2 })).toThrow(
      'Invalid rank 2, rank should be in the interval [0, 1]',
    )
  })

  it('randomSplit by counts and by fractions', () => {
    manualSeed(5)
    expect(randomSplit(ten, [3, 7]).map((s) => s.indices)).toEqual([
      [1, 4, 9],
      [6, 3, 5, 0, 2, 8, 7],
    ])
    const generator = new Generator(42)
    const parts = randomSplit(ten, [0.33, 0.33, 0.34], { generator })
    expect(parts.map((s) => s.indices)).toEqual([
      [2, 6, 1, 8],
      [4, 5, 0],
      [9, 3, 7],
    ])
    expect(parts[1].get(2)).toBe(0)
  })
})

describe('samplers', () => {
  it('BatchSampler keeps or drops the rest', () => {
    const order = new SequentialSampler({ length: 5 })
    expect([...new BatchSampler(order, 2)]).toEqual([[0, 1], [2, 3], [4]])
    expect(new BatchSampler(order, 2).length).toBe(3)
    expect([...new BatchSampler(order, 2, true)]).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(new BatchSampler(order, 2, true).length).toBe(2)
  })

  it('draw nothing before they are iterated', () => {
    manualSeed(0)
    const sampler = new RandomSampler(ten)[Symbol.iterator]()
    const first = rand([1]).item()
    manualSeed(0)
    expect(rand([1]).item()).toBe(first)
    expect(sampler.next().done).toBe(false)
  })

  it('refuse what PyTorch refuses, in its words', () => {
    const cases: [() => unknown, string][] = [
      [
        () => randomSplit(ten, [3, 3]),
        'Sum of input lengths does not equal the length of the input dataset!',
      ],
      [() => randomSplit(ten, [1.5, -0.5]), 'Fraction at index 0 is not between 0 and 1'],
      [
        () => new RandomSampler([]),
        'num_samples should be a positive integer value, but got num_samples=0',
      ],
      [
        () => new BatchSampler(ten, 0),
        'batch_size should be a positive integer value, but got batch_size=0',
      ],
      [
        () => new WeightedRandomSampler(tensor([[1]]), 2),
        'weights should be a 1d sequence but given weights have shape (1, 1)',
      ],
      [
        () => [...new WeightedRandomSampler([0, 0], 1)],
        'invalid multinomial distribution (sum of probabilities <= 0)',
      ],
      [() => new BatchSampler(new Set([1]), 1).length, "object of type 'Set' has no len()"],
    ]
    for (const [call, message] of cases) expect(call).toThrow(message)
  })
})
