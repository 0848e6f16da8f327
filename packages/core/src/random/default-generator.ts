import { Generator } from './generator.ts'

let shared: Generator | undefined

/**
 * The generator of random ops that are given none (`torch.default_generator`). It is made, and
 * seeded from the platform's entropy, when first asked for, so that an import has no effect.
 */
export function defaultGenerator(): Generator {
  if (shared === undefined) {
    shared = new Generator()
    shared.seed()
  }
  return shared
}

/**
 * Seeds the default generator (`torch.manual_seed`); returns it.
 * @param seed an integer in [-2^63, 2^64); a fraction is dropped, as Python's `int()` does.
 * @throws RuntimeError for any other number.
 */
export const manualSeed = (seed: number | bigint): Generator =>
  defaultGenerator().manualSeed(typeof seed === 'number' ? Math.trunc(seed) : seed)

/** Seeds the default generator from the platform's entropy (`torch.seed`); returns the seed. */
export const seed = (): bigint => defaultGenerator().seed()

/** The seed of the default generator (`torch.initial_seed`). */
export const initialSeed = (): bigint => defaultGenerator().initialSeed()

/** The state of the default generator (`torch.get_rng_state`). */
export const getRngState = (): Uint8Array<ArrayBuffer> => defaultGenerator().getState()

/**
 * Puts the default generator in a state of {@link getRngState} or PyTorch's (`torch.set_rng_state`).
 * @throws RuntimeError if it is no state.
 */
export const setRngState = (state: Uint8Array): void => {
  defaultGenerator().setState(state)
}
