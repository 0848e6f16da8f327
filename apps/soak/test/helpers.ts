import type { Sample } from '../src/sample.ts'
import type { Outcome } from '../src/soak.ts'
import type { Trial } from '../src/trial.ts'

const MiB = 2 ** 20

/** Samples of 90 steps, in which a figure is a function of the step. */
export const samples = (change: (step: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 90 }, (_, step) => ({
    ...{ step, time: step, device: 10 * MiB, storages: 100, taken: 16 * MiB },
    ...{ heap: 30 * MiB, resident: 200 * MiB, ...change(step) },
  }))

export const outcome = (change: Partial<Outcome> = {}): Outcome => ({
  ...{ samples: samples(() => ({})), losses: [1, 0.5, Number.NaN], parameters: 'abc' },
  ...{ mishaps: 2, spilledBytes: 3 * MiB, milliseconds: 9 },
  ...change,
})

export const trial = (change: Partial<Trial> = {}): Trial => ({
  ...{ backend: 'wasm', program: 'perceptron', steps: 90, loop: 'in one piece' },
  ...{ outcome: outcome(), reference: outcome({ spilledBytes: 0 }), ...change },
})
