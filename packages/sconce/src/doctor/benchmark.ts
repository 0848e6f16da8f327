import type { Backend } from '@sconce/backend'
import { type Prepared, prepare, type WorkloadName, workloads } from './workloads.ts'

/** Milliseconds that each workload takes. */
export type Timings = Readonly<Record<WorkloadName, number>>

/** Milliseconds that a block lasts at least: GPUs tell late that they are done. */
const BLOCK = 40
const BLOCKS = 3

/** Lets workers come up and timers run. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10))

async function block(backend: Backend, { run }: Prepared, count: number): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < count; i++) run()
  await backend.synchronize()
  return performance.now() - started
}

/** Milliseconds of one run: the least of a few blocks, which are long enough for the clock. */
async function time(backend: Backend, prepared: Prepared): Promise<number> {
  await block(backend, prepared, 1)
  await turn()
  let count = 1
  let took = await block(backend, prepared, count)
  while (took < BLOCK) {
    count *= Math.min(16, Math.max(2, Math.ceil((1.2 * BLOCK) / Math.max(took, 0.1))))
    took = await block(backend, prepared, count)
  }
  for (let i = 1; i < BLOCKS; i++) took = Math.min(took, await block(backend, prepared, count))
  return took / count
}

/**
 * Times a backend on small workloads; takes about half a second, more on slow devices.
 *
 * @throws what the backend throws
 */
export async function benchmark(backend: Backend): Promise<Timings> {
  const timings: [string, number][] = []
  for (const workload of workloads) {
    const prepared = prepare(backend, workload)
    try {
      timings.push([workload.name, await time(backend, prepared)])
    } finally {
      prepared.close()
    }
  }
  return Object.fromEntries(timings) as Timings
}

/** A backend that was timed. */
export interface Timed {
  readonly name: string
  readonly timings: Timings
}

/** How much slower than the fastest a backend is: the geometric mean over the workloads, 1 at best. */
export const slowdown = (timings: Timings, all: readonly Timed[]): number =>
  Math.exp(
    workloads.reduce((total, { name }) => {
      const best = Math.min(...all.map((other) => other.timings[name]))
      return total + Math.log(timings[name] / best)
    }, 0) / workloads.length,
  )

/** The one that is least slowed down over all workloads. */
export function fastest(all: readonly Timed[]): string | undefined {
  const ranked = all.map(({ name, timings }) => ({ name, slowdown: slowdown(timings, all) }))
  return ranked.sort((a, b) => a.slowdown - b.slowdown)[0]?.name
}
