import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { times } from './format.ts'
import { isTimed, type Result } from './result.ts'
import { align } from './table.ts'

/** The history is a file of results, a line of JSON each. */

/** The results of a history file, oldest first; none where there is no file. */
export const readHistory = (file: string): Result[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Result)
    : []

/** Adds a result to a history file. */
export const appendHistory = (file: string, result: Result): void =>
  appendFileSync(file, `${JSON.stringify(result)}\n`)

/** The last result of the suite from another commit, or from the named one. */
export function earlier(
  history: readonly Result[],
  result: Result,
  commit?: string,
): Result | undefined {
  return history.findLast(
    (r) =>
      r.suite === result.suite &&
      (commit === undefined ? r.commit !== result.commit : r.commit.startsWith(commit)),
  )
}

/** How much faster a contestant of ours became; where a peer was in both runs, measured against it. */
function change(before: Result, after: Result, row: string, ours: string): string {
  const find = (result: Result) => result.rows.find((r) => r.name === row)
  const [old, now] = [find(before), find(after)]
  const [a, b] = [old?.cells[ours], now?.cells[ours]]
  if (!old || !now || !isTimed(a) || !isTimed(b)) return ''
  // What the machine did to a peer that did not change, it did to ours as well.
  const peers = after.duels.find((d) => d.ours === ours)?.peers ?? []
  const drifts = peers.flatMap((peer) => {
    const [x, y] = [old.cells[peer], now.cells[peer]]
    return isTimed(x) && isTimed(y) ? [x.median / y.median] : []
  })
  const drift =
    drifts.length > 0
      ? Math.exp(drifts.reduce((sum, d) => sum + Math.log(d), 0) / drifts.length)
      : before.calibration / after.calibration
  return times(a.median / b.median / drift)
}

/**
 * A table of how many times as fast each of ours became from one result to another, the drift of the
 * machine taken out by the peers of the row, or by the calibration where it has none.
 */
export function comparison(before: Result, after: Result): string {
  const ours = [...new Set(after.duels.map((d) => d.ours))]
  const lines = after.rows.map((row) => [
    row.name,
    ...ours.map((name) => change(before, after, row.name, name)),
  ])
  const title = `speed at ${after.commit} against ${before.commit} (${before.date})`
  return `${title}\n\n${align([['', ...ours], ...lines])}`
}
