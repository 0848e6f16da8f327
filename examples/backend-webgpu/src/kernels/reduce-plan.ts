import { elementCount, type Operand, reducedRank } from '@sconce/backend'
import { LANES } from '../wgsl/source.ts'

/** How a reduction is run. */
export interface ReducePlan {
  /** Dims of the iteration shape that stay, and results along them. */
  readonly keptRank: number
  readonly kept: number
  /** Elements of a result. */
  readonly reduced: number
  /** A lane or a workgroup for each result, or several workgroups whose parts are then put together. */
  readonly team: 'lane' | 'group'
  readonly chunks: number
}

/** Elements up to which a single lane is quick enough. */
const FEW = 32
/** Results from which on there is work for all lanes of a device. */
const MANY_RESULTS = 4096
/** Elements that a lane may then still take. */
const LONG = 1024
/** Elements of a chunk at least. */
const CHUNK = 64 * LANES
const MOST_CHUNKS = 256

/** Chooses by the sizes alone. */
export function planReduce(output: Operand): ReducePlan {
  const { shape } = output
  const keptRank = shape.length - reducedRank(output)
  const kept = elementCount(shape.slice(0, keptRank))
  const reduced = elementCount(shape.slice(keptRank))
  const base = { keptRank, kept, reduced }
  if (reduced <= FEW || (kept >= MANY_RESULTS && reduced <= LONG)) {
    return { ...base, team: 'lane', chunks: 1 }
  }
  const wanted = Math.floor(Math.min(reduced / CHUNK, MANY_RESULTS / kept, MOST_CHUNKS))
  return { ...base, team: 'group', chunks: Math.max(wanted, 1) }
}
