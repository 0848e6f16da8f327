import { duration, quantity, times } from './format.ts'
import { type Cell, isTimed, type Result, type RowResult } from './result.ts'

/** Columns wide enough for what is in them: the first to the left, the others to the right. */
export function align(lines: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const line of lines) {
    line.forEach((text, i) => {
      widths[i] = Math.max(widths[i] ?? 0, text.length)
    })
  }
  return lines
    .map((line) =>
      line
        .map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const cellText = (cell: Cell | undefined): string =>
  cell === undefined ? '' : isTimed(cell) ? duration(cell.median) : 'failed'

const headings = ({ contestants, duels }: Result): string[] => [
  '',
  ...contestants,
  ...duels.map((d) => d.label),
]

function line({ contestants, duels }: Result, row: RowResult): string[] {
  const outcomes = duels.map(({ label }) => {
    const outcome = row.duels[label]
    return outcome ? times(outcome.ratio) : ''
  })
  return [row.name, ...contestants.map((name) => cellText(row.cells[name])), ...outcomes]
}

/** Why cells say `failed`; each reason once. */
function failures({ rows }: Result): string[] {
  const found = new Set<string>()
  for (const row of rows) {
    for (const [name, cell] of Object.entries(row.cells)) {
      if (!isTimed(cell)) found.add(`${name}, ${row.name}: ${cell.error}`)
    }
  }
  return [...found]
}

/** The medians of all contestants, and in the last columns how many times as fast ours are as the best peer. */
export function table(result: Result): string {
  const { suite, runtime, processor, commit, rows, figures, duels } = result
  const parts = [`${suite} at ${commit}, ${runtime}, ${processor}`]
  if (rows.length > 0) {
    parts.push(align([headings(result), ...rows.map((row) => line(result, row))]))
    parts.push(
      duels
        .map(
          (d) =>
            `${d.label}: how many times as fast ${d.ours} is as the best of ${d.peers.join(', ')}`,
        )
        .join('\n'),
    )
  }
  if (figures.length > 0) {
    parts.push(
      align(
        figures.map(({ name, value, unit, goal }) => [
          name,
          quantity(value, unit),
          goal === undefined ? '' : `at most ${quantity(goal, unit)}`,
        ]),
      ),
    )
  }
  const failed = failures(result)
  if (failed.length > 0) parts.push(`failed:\n${failed.map((f) => `  ${f}`).join('\n')}`)
  return parts.filter((p) => p !== '').join('\n\n')
}
