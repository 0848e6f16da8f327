import { settle } from './settle.ts'

/** The work of one contestant on one row. */
export interface Trial {
  /** Does the work so many times; the milliseconds that took. */
  run(iterations: number): Promise<number>
  /** Lets go of what was made for the row. */
  close?(): void
}

/** Times calls that are done when they return. */
export const synchronous = (step: () => unknown, close?: () => void): Trial => ({
  async run(iterations) {
    const start = performance.now()
    for (let i = 0; i < iterations; i++) step()
    return performance.now() - start
  },
  close,
})

/** Times calls whose promise says when they are done. */
export const asynchronous = (step: () => Promise<unknown>, close?: () => void): Trial => ({
  async run(iterations) {
    const start = performance.now()
    for (let i = 0; i < iterations; i++) await step()
    return performance.now() - start
  },
  close,
})

/** Times calls that only enqueue; `finish` resolves when all that was enqueued is done. */
export const enqueued = (
  step: () => unknown,
  finish: () => Promise<unknown>,
  close?: () => void,
): Trial => ({
  async run(iterations) {
    await finish()
    const start = performance.now()
    for (let i = 0; i < iterations; i++) step()
    await finish()
    return performance.now() - start
  },
  close,
})

/** A trial that calls `before` ahead of every block, outside of the time. */
export const prepared = (before: () => unknown, trial: Trial): Trial => ({
  async run(iterations) {
    await before()
    await settle()
    return trial.run(iterations)
  },
  close: () => trial.close?.(),
})
