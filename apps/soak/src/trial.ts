import { setMemoryLimit } from 'sconce'
import { type BackendName, startDevice } from './devices.ts'
import { type Growth, growths } from './flatness.ts'
import { programOf } from './programs/index.ts'
import { type Outcome, soak } from './soak.ts'

/** A loop that is watched, beside one that frees everything at once. */
export interface Trial {
  readonly backend: string
  readonly program: string
  readonly steps: number
  readonly loop: 'in one piece' | 'yielding'
  readonly outcome: Outcome
  readonly reference: Outcome
}

/** What a trial shows. */
export interface Verdict {
  readonly growths: readonly Growth[]
  /** The same losses and parameters as where nothing was spilled, to the bit. */
  readonly isSame: boolean
  /** What is wrong, in a sentence each. */
  readonly faults: readonly string[]
}

/** Steps between turns of the event loop. */
const OFTEN = 10

/** What is run. */
export interface Plan {
  readonly backend: BackendName
  readonly program: string
  readonly steps: number
  readonly loops: readonly Trial['loop'][]
  /** Bytes from which on tensors are spilled, instead of the backend's own. */
  readonly budget?: number
}

/**
 * Runs a program in every manner that is wanted, each on a fresh device; before them, as the reference, in
 * scopes and with all the room there is.
 */
export async function* trials(plan: Plan): AsyncGenerator<Trial> {
  const { backend, steps, loops, budget } = plan
  const program = programOf(plan.program)
  const never = Number.POSITIVE_INFINITY
  await startDevice(backend)
  setMemoryLimit(never, backend)
  const reference = await soak(backend, program, { steps, yieldEvery: OFTEN, scoped: true })
  for (const loop of loops) {
    await startDevice(backend, budget)
    const yieldEvery = loop === 'yielding' ? OFTEN : never
    const outcome = await soak(backend, program, { steps, yieldEvery, scoped: false })
    yield { backend, program: program.name, steps, loop, outcome, reference }
  }
}

/** Judges a trial. */
export function verdictOf({ outcome, reference, loop }: Trial): Verdict {
  const grown = growths(outcome.samples)
  const isSame =
    outcome.parameters === reference.parameters &&
    outcome.losses.length === reference.losses.length &&
    outcome.losses.every((loss, i) => Object.is(loss, reference.losses[i]))
  const faults = grown
    .filter(({ isFlat }) => !isFlat)
    .map(({ figure, before, after }) => `${figure} grew from ${before} to ${after}`)
  if (!isSame) faults.push('the results differ from those of the run in which nothing was spilled')
  if (reference.spilledBytes > 0) faults.push('the reference was spilled too')
  // On devices that are not collected by the JS engine.
  const counts = outcome.samples.some(({ storages }) => storages > 0)
  if (counts && loop === 'in one piece' && outcome.spilledBytes === 0)
    faults.push('nothing was spilled: the run was too short to show anything')
  return { growths: grown, isSame, faults }
}
