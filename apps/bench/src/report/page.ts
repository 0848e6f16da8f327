import { duration, quantity, rate, times } from './format.ts'
import { escapeHtml } from './html.ts'
import { plot } from './plot.ts'
import { isTimed, type Result, type RowResult } from './result.ts'

const style = `
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #222; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0 2rem; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #ddd; font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; }
.won { color: #00692b; } .lost { color: #b00020; }
`

function cell(row: RowResult, name: string): string {
  const found = row.cells[name]
  if (!found) return '<td></td>'
  if (!isTimed(found)) return `<td title="${escapeHtml(found.error)}">failed</td>`
  const spread = `${duration(found.low)} to ${duration(found.high)}, ${found.rounds} rounds of ${found.iterations}`
  const speed = row.flops === undefined ? '' : `, ${rate(row.flops, found.median)}`
  return `<td title="${escapeHtml(spread + speed)}">${duration(found.median)}</td>`
}

function outcome(row: RowResult, label: string): string {
  const found = row.duels[label]
  if (!found) return '<td></td>'
  const sort = found.ratio >= 1 ? 'won' : 'lost'
  return `<td class="${sort}" title="against ${escapeHtml(found.peer)}">${times(found.ratio)}</td>`
}

function rowsTable({ contestants, duels, rows }: Result): string {
  const heads = ['', ...contestants, ...duels.map((d) => d.label)]
  const body = rows.map((row) => {
    const cells = contestants.map((name) => cell(row, name))
    const outcomes = duels.map(({ label }) => outcome(row, label))
    return `<tr><td>${escapeHtml(row.name)}</td>${cells.join('')}${outcomes.join('')}</tr>`
  })
  return `<table><tr>${heads.map((h) => `<th>${escapeHtml(h)}</th>`).join('')}</tr>${body.join('\n')}</table>`
}

function figuresTable({ figures }: Result): string {
  const lines = figures.map(({ name, value, unit, goal }) => {
    const limit = goal === undefined ? '' : `at most ${quantity(goal, unit)}`
    return `<tr><td>${escapeHtml(name)}</td><td>${quantity(value, unit)}</td><td>${limit}</td></tr>`
  })
  return `<table>${lines.join('\n')}</table>`
}

/** A page with the plot and the tables of a result; it needs nothing from elsewhere. */
export function page(result: Result): string {
  const { suite, commit, date, runtime, processor, duels, rows, figures } = result
  const meaning = duels.map(
    (d) => `${d.label}: how many times as fast ${d.ours} is as the best of ${d.peers.join(', ')}.`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sconce: ${escapeHtml(suite)}</title>
<style>${style}</style>
<h1>${escapeHtml(suite)}</h1>
<p>Commit ${escapeHtml(commit)}, ${escapeHtml(date)}, ${escapeHtml(runtime)}, ${escapeHtml(processor)}.
Medians of interleaved rounds. ${escapeHtml(meaning.join(' '))}</p>
${rows.length > 0 ? plot(result) + rowsTable(result) : ''}
${figures.length > 0 ? figuresTable(result) : ''}
</html>
`
}
