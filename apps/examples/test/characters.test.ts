import { init, type Tensor } from 'sconce'
import { describe, expect, it } from 'vitest'
import { continued, learnCharacters } from '../src/characters/index.ts'
import { alphabet, pieces, poem } from '../src/characters/text.ts'

/** Enough to know which characters follow which: how often each occurs gives 3.0 at best. */
const STEPS = 25

describe('characters', () => {
  it('come in pieces of the poem and what follows', async () => {
    await init('cpu')
    const { x, y } = pieces(4, 8)
    const texts = (codes: Tensor): string[] =>
      (codes.toArray() as number[][]).map((row) => row.map((code) => alphabet[code]).join(''))
    const next = texts(y)
    texts(x).forEach((given, i) => {
      expect(next[i].slice(0, 7)).toBe(given.slice(1))
      expect(poem).toContain(given + next[i].slice(-1))
    })
  })

  it.each([
    ['transformer', 2.4],
    ['LSTM', 2.6],
  ] as const)('are learned by the %s alike on both devices', async (name, bound) => {
    await init('cpu')
    const { losses: expected } = learnCharacters(name, 2)
    // Nothing is known yet: about the loss of guessing.
    expect(Math.abs(expected[0] - Math.log(alphabet.length))).toBeLessThan(0.5)
    await init('wasm')
    const { losses, model } = learnCharacters(name, STEPS)
    expect(losses[0]).toBeCloseTo(expected[0], 4)
    expect(losses[1]).toBeCloseTo(expected[1], 3)
    expect(losses[STEPS - 1]).toBeLessThan(bound)
    const text = continued(model, 'Tyger', 10)
    expect(text).toHaveLength(15)
    expect(text.startsWith('Tyger')).toBe(true)
  })
})
