import { settle } from './settle.ts'
import { isSteady } from './statistics.ts'
import type { Trial } from './trial.ts'

export interface MeasureOptions {
  /** Rounds in which every contestant has its turn. */
  readonly rounds: number
  /** Milliseconds that a sample should last. */
  readonly sample: number
  /** Milliseconds of warm-up at most. */
  readonly warmUp: number
  /** Milliseconds after which a slow contestant sits the further rounds out. */
  readonly patience: number
}

export const standard: MeasureOptions = { rounds: 9, sample: 25, warmUp: 2_000, patience: 6_000 }

/** Blocks that have to agree before a contestant counts as warm, and how closely. */
const steadyBlocks = 3
const steadiness = 0.1

/** Times per call, round by round, in milliseconds; or why there are none. */
export interface Measured {
  readonly samples: number[]
  readonly iterations: number
  readonly error?: string
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]

interface Runner {
  readonly trial: Trial
  readonly samples: number[]
  iterations: number
  spent: number
  error?: string
}

/** Runs growing blocks until their times agree; finds how many calls make a sample. */
async function warmUp(runner: Runner, options: MeasureOptions): Promise<void> {
  const times: number[] = []
  let iterations = 1
  let spent = 0
  for (;;) {
    const ms = await runner.trial.run(iterations)
    const each = ms / iterations
    spent += ms
    times.push(each)
    const full = ms >= options.sample / 2
    const slow = iterations === 1 && ms > options.sample
    // Code that is still interpreted is steady too: an engine needs some time to see that it is hot.
    const warm = spent > options.warmUp / 4 && full && isSteady(times, steadyBlocks, steadiness)
    if (warm || spent > options.warmUp) {
      runner.iterations = slow ? 1 : Math.max(1, Math.round(options.sample / each))
      runner.spent = spent
      // Too slow to be asked again: what it took the first time has to do.
      if (spent > options.patience) runner.samples.push(each)
      return
    }
    if (!full) iterations = Math.ceil(iterations * Math.min(8, options.sample / Math.max(ms, 0.01)))
    await settle()
  }
}

/** One block; what goes wrong is kept, and ends the contestant's part. */
async function attempt(runner: Runner, work: () => Promise<void>): Promise<void> {
  if (runner.error !== undefined) return
  try {
    await work()
  } catch (error) {
    runner.error = messageOf(error)
  }
}

/**
 * Times all trials in one go: after a warm-up of each they take turns, A B C A B C …, so that whatever
 * slows the machine down hits all of them alike.
 */
export async function measure(
  trials: ReadonlyMap<string, Trial>,
  options: MeasureOptions = standard,
): Promise<Map<string, Measured>> {
  const runners = new Map<string, Runner>()
  for (const [name, trial] of trials) {
    runners.set(name, { trial, samples: [], iterations: 1, spent: 0 })
  }
  for (const runner of runners.values()) await attempt(runner, () => warmUp(runner, options))
  for (let round = 0; round < options.rounds; round++) {
    for (const runner of runners.values()) {
      if (runner.spent > options.patience) continue
      await attempt(runner, async () => {
        await settle()
        const ms = await runner.trial.run(runner.iterations)
        runner.spent += ms
        runner.samples.push(ms / runner.iterations)
      })
    }
  }
  const results = new Map<string, Measured>()
  for (const [name, { samples, iterations, error }] of runners) {
    results.set(
      name,
      error === undefined ? { samples, iterations } : { samples, iterations, error },
    )
  }
  return results
}
