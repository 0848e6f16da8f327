import type { Sample } from './sample.ts'

/** A figure of the samples that must not grow. */
export type Figure = 'device' | 'storages' | 'taken' | 'heap' | 'resident'

const MiB = 2 ** 20

/** What a figure may still rise by once everything is warm. */
interface Slack {
  /** As a part of what it was. */
  readonly relative: number
  readonly absolute: number
}

/**
 * All of it depends on when the JS engine collects: up to then a device holds what is its own limit at
 * most, and the host up to 64 MiB of spilled arrays. A leak of one storage a step is found all the same.
 */
export const slacks: Readonly<Record<Figure, Slack>> = {
  device: { relative: 0.05, absolute: 16 * MiB },
  storages: { relative: 0.05, absolute: 2048 },
  taken: { relative: 0.05, absolute: 16 * MiB },
  heap: { relative: 0.1, absolute: 16 * MiB },
  resident: { relative: 0.1, absolute: 24 * MiB },
}

export interface Growth {
  readonly figure: Figure
  /** The most in the middle and in the last third of the run. */
  readonly before: number
  readonly after: number
  readonly isFlat: boolean
}

/** The figures as a function of the step, where they were measured. */
export const curve = (samples: readonly Sample[], figure: Figure): [number, number][] =>
  samples.flatMap((sample): [number, number][] => {
    const value = sample[figure]
    return value === undefined || Number.isNaN(value) ? [] : [[sample.step, value]]
  })

/** How much each figure grew between the middle third of a run and its last third. */
export function growths(samples: readonly Sample[]): Growth[] {
  const steps = (samples.at(-1)?.step ?? 0) + 1
  const most = (points: [number, number][], from: number, to: number): number =>
    Math.max(...points.flatMap(([step, value]) => (step >= from && step < to ? [value] : [])))
  return (Object.keys(slacks) as Figure[]).flatMap((figure) => {
    const points = curve(samples, figure)
    if (points.length === 0) return []
    const before = most(points, steps / 3, (2 * steps) / 3)
    const after = most(points, (2 * steps) / 3, steps)
    const { relative, absolute } = slacks[figure]
    return [{ figure, before, after, isFlat: after <= before * (1 + relative) + absolute }]
  })
}
