import { ones, scope } from 'sconce'
import type { Training } from './programs/program.ts'

/** What goes wrong on purpose. */
export class Mishap extends Error {}

type Losses = ReturnType<Training['loss']>

const trip = (): never => {
  throw new Mishap('on purpose')
}

/** Ways in which a step goes wrong, each at another place of it. */
const kinds: readonly ((losses: Losses) => unknown)[] = [
  // The library's own error, in the forward pass.
  ({ hidden }) => hidden.add(ones(7, 7, 7)),
  // The user's error between forward and backward: the graph is never used.
  trip,
  // In the middle of the backward pass.
  ({ hidden, loss }) => {
    hidden.registerHook(trip)
    loss.backward()
  },
  // The graph is used a second time.
  ({ loss }) => {
    loss.backward()
    loss.backward()
  },
  // Inside a scope, with temporaries.
  ({ hidden }) =>
    scope(() => {
      hidden.mul(2).exp().sum()
      trip()
    }),
]

/** Numbers in [0, 1) from a seed: Marsaglia's xorshift. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Every fiftieth step or so goes wrong, always the same ones. */
const RATE = 0.02

/** Decides for each step, in order, whether and how it goes wrong. */
export function mishaps(seed = 12345): () => ((losses: Losses) => unknown) | undefined {
  const next = numbers(seed)
  return () => (next() < RATE ? kinds[Math.floor(next() * kinds.length)] : undefined)
}
