import { init } from 'sconce'
import { describe, expect, it } from 'vitest'
import { accuracyOf } from '../src/confusion.ts'
import { learnPenguins, penguinData } from '../src/penguins.ts'

describe('penguins', () => {
  it('are those of the data set', async () => {
    await init('cpu')
    const [measures, categories, species] = (await penguinData()).tensors
    expect(measures.shape).toEqual([342, 4])
    expect(measures.mean(0).abs().max().item()).toBeLessThan(1e-5)
    expect(categories.at('0:3').toArray()).toEqual([
      [2, 1],
      [2, 0],
      [2, 0],
    ])
    expect(species.bincount().toArray()).toEqual([151, 68, 123])
  })

  it.each(['cpu', 'wasm'])('are told apart on %s', async (device) => {
    await init(device)
    const matrix = await learnPenguins(10)
    expect(matrix.sum().item()).toBe(85)
    expect(accuracyOf(matrix)).toBeGreaterThan(0.95)
  })
})
