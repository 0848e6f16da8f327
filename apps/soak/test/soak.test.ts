/** The soak in short: with little room, so that what takes thousands of steps otherwise happens soon. */
import { describe, expect, it } from 'vitest'
import { soakInChromium } from '../src/browser/launch.ts'
import { residentBytes } from '../src/browser/resident.ts'
import { type Plan, type Trial, trials, verdictOf } from '../src/trial.ts'

const loops = ['in one piece', 'yielding'] as const
const MiB = 2 ** 20

async function all(plan: Omit<Plan, 'loops'>): Promise<Trial[]> {
  const done: Trial[] = []
  for await (const trial of trials({ ...plan, loops })) done.push(trial)
  return done
}

/** What may not happen in however few steps; of what the JS engine holds a long run has to tell. */
function expectSound(done: readonly Trial[], mishaps: number): void {
  expect(done.map(({ loop }) => loop)).toEqual(loops)
  for (const trial of done) {
    const { growths, isSame } = verdictOf(trial)
    const counted = growths.filter(({ figure }) => !['heap', 'resident'].includes(figure))
    expect(counted.filter(({ isFlat }) => !isFlat)).toEqual([])
    expect(counted.length).toBe(3)
    expect(isSame).toBe(true)
    expect(trial.outcome.mishaps).toBe(mishaps)
    expect(trial.outcome.losses.every(Number.isFinite)).toBe(true)
    expect(trial.reference.spilledBytes).toBe(0)
  }
}

const mostHeld = (done: readonly Trial[]): number =>
  Math.max(...done.flatMap(({ outcome }) => outcome.samples.map(({ device }) => device)))

describe('memory stays flat and results the same, with errors at random', () => {
  it('on cpu', async () => {
    const done = await all({ backend: 'cpu', program: 'perceptron', steps: 400 })
    expectSound(done, 4)
    expect(done.map(({ outcome }) => outcome.spilledBytes)).toEqual([0, 0])
  })

  it('on wasm, where tensors are spilled', async () => {
    const budget = MiB / 2
    const done = await all({ backend: 'wasm', program: 'perceptron', steps: 600, budget })
    expectSound(done, 7)
    expect(mostHeld(done)).toBeLessThanOrEqual(budget)
    expect(done[0].outcome.spilledBytes).toBeGreaterThan(8 * MiB)
  })

  it('on wasm, with convolutions', async () => {
    const budget = 4 * MiB
    const done = await all({ backend: 'wasm', program: 'digits', steps: 60, budget })
    expectSound(done, 0)
    expect(mostHeld(done)).toBeLessThanOrEqual(budget)
    expect(done[0].outcome.spilledBytes).toBeGreaterThan(8 * MiB)
  })

  it('on webgl, in Chromium', async () => {
    const budget = MiB / 2
    const plan = { backend: 'webgl', program: 'perceptron', steps: 240, budget, loops } as const
    const done = await soakInChromium(plan)
    expectSound(done, 4)
    expect(mostHeld(done)).toBeLessThanOrEqual(budget)
    expect(done[0].outcome.spilledBytes).toBeGreaterThan(MiB)
    const [{ samples }] = done.map(({ outcome }) => outcome)
    expect(samples.every(({ resident = 0, heap }) => resident > 50 * MiB && heap > MiB)).toBe(true)
  })
})

it('the resident memory of a process is its share, and that of its children', async () => {
  const bytes = await residentBytes(process.pid)
  expect(bytes).toBeGreaterThan(50 * MiB)
  expect(bytes).toBeLessThan(16_000 * MiB)
  expect(await residentBytes(2 ** 30)).toBeUndefined()
})
