import { isMatch } from 'matcher'
import type { Contestant } from '../contestants/contestant.ts'
import { rowResult } from '../report/duel.ts'
import type { Duel, Figure, RowResult } from '../report/result.ts'
import type { Row } from '../rows/row.ts'
import { type MeasureOptions, measure } from '../timing/measure.ts'
import type { Trial } from '../timing/trial.ts'

/** What a suite is asked for. */
export interface Request {
  readonly only: readonly string[]
  readonly contestants: readonly string[]
  readonly measure: MeasureOptions
  readonly isolated: boolean
  /** Told what is being done. */
  readonly progress: (text: string) => void
}

/** What a suite finds out. */
export interface Findings {
  readonly contestants: readonly string[]
  readonly duels: readonly Duel[]
  readonly rows: readonly RowResult[]
  readonly figures: readonly Figure[]
  /** Where it ran, if not in this process. */
  readonly runtime?: string
}

export type Suite = (request: Request) => Promise<Findings>

/** Whether a name is chosen by patterns; all are without any. */
export const isChosen = (name: string, patterns: readonly string[]): boolean =>
  patterns.length === 0 || isMatch(name, patterns)

/** Contestants as a suite lists them: by the name of their column, made when they are wanted. */
export type Entrants = Readonly<Record<string, () => Promise<Contestant | undefined>>>

/** Makes the contestants that are chosen; those that don't run here are told about, and left out. */
export async function enter(entrants: Entrants, request: Request): Promise<Contestant[]> {
  const made: Contestant[] = []
  for (const [name, make] of Object.entries(entrants)) {
    if (!isChosen(name, request.contestants)) continue
    try {
      const contestant = await make()
      if (contestant) made.push(contestant)
      else request.progress(`${name}: not installed`)
    } catch (error) {
      request.progress(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return made
}

/** Times the contestants on a row. */
export async function runRow(
  row: Row,
  contestants: readonly Contestant[],
  duels: readonly Duel[],
  options: MeasureOptions,
): Promise<RowResult> {
  const trials = new Map<string, Trial>()
  for (const contestant of contestants) {
    const trial = await trialOf(contestant, row)
    if (trial) trials.set(contestant.name, trial)
  }
  globalThis.gc?.()
  const measured = await measure(trials, options)
  for (const trial of trials.values()) trial.close?.()
  return rowResult(row, measured, duels)
}

/** A contestant's trial; what goes wrong in making it shows as the trial's failure. */
async function trialOf(contestant: Contestant, row: Row): Promise<Trial | undefined> {
  try {
    return await contestant.prepare(row)
  } catch (error) {
    return { run: () => Promise.reject(error) }
  }
}

/** Times the chosen contestants on the chosen rows. */
export async function runRows(
  rows: readonly Row[],
  entrants: Entrants,
  duels: readonly Duel[],
  request: Request,
): Promise<Findings> {
  const chosen = rows.filter((row) => isChosen(row.name, request.only))
  if (chosen.length === 0) return { contestants: [], duels: [], rows: [], figures: [] }
  const contestants = await enter(entrants, request)
  const names = contestants.map((c) => c.name)
  const results: RowResult[] = []
  for (const [i, row] of chosen.entries()) {
    request.progress(`${i + 1}/${chosen.length} ${row.name}`)
    results.push(await runRow(row, contestants, duels, request.measure))
  }
  for (const contestant of contestants) contestant.close?.()
  return { contestants: names, duels: possible(duels, names), rows: results, figures: [] }
}

/** The duels that can take place. */
export const possible = (duels: readonly Duel[], names: readonly string[]): Duel[] =>
  duels.flatMap((duel) => {
    const peers = duel.peers.filter((peer) => names.includes(peer))
    return names.includes(duel.ours) && peers.length > 0 ? [{ ...duel, peers }] : []
  })
