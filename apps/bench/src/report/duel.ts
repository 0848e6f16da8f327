import type { Measured } from '../timing/measure.ts'
import { pairedRatio, summarize } from '../timing/statistics.ts'
import type { Cell, Duel, Outcome, RowResult } from './result.ts'

const cellOf = ({ samples, iterations, error }: Measured): Cell =>
  samples.length > 0 ? { ...summarize(samples), iterations } : { error: error ?? 'not timed' }

/** The best peer is the one against which ours does worst, round by round. */
function outcomeOf(
  { ours, peers }: Duel,
  measured: ReadonlyMap<string, Measured>,
): Outcome | undefined {
  const own = measured.get(ours)?.samples ?? []
  let best: Outcome | undefined
  for (const peer of peers) {
    const ratio = pairedRatio(measured.get(peer)?.samples ?? [], own)
    if (!Number.isNaN(ratio) && (best === undefined || ratio < best.ratio)) best = { ratio, peer }
  }
  return best
}

/** What the measurements of a row come to. */
export function rowResult(
  row: { readonly name: string; readonly flops?: number },
  measured: ReadonlyMap<string, Measured>,
  duels: readonly Duel[],
): RowResult {
  const outcomes: Record<string, Outcome> = {}
  for (const duel of duels) {
    const outcome = outcomeOf(duel, measured)
    if (outcome) outcomes[duel.label] = outcome
  }
  return {
    name: row.name,
    ...(row.flops === undefined ? {} : { flops: row.flops }),
    cells: Object.fromEntries([...measured].map(([name, m]) => [name, cellOf(m)])),
    duels: outcomes,
  }
}
