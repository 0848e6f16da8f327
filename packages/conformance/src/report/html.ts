import { escape as escapeHtml } from 'html-escaper'
import { groupBy } from './group.ts'
import { script, style } from './html-assets.ts'
import { cellText, levelRows, type MatrixCell, matrixOf, occurring } from './matrix.ts'
import { levelText, type Report } from './report.ts'
import { type Result, statuses } from './result.ts'

const tag = (name: string, content: string, className = ''): string =>
  `<${name}${className ? ` class="${className}"` : ''}>${content}</${name}>`

const text = (value: string | number): string => escapeHtml(`${value}`)

const table = (head: readonly string[], rows: readonly string[]): string =>
  `<table><thead><tr>${head.map((name) => tag('th', text(name))).join('')}</tr></thead>` +
  `<tbody>${rows.join('\n')}</tbody></table>`

const row = (cells: readonly (string | number)[]): string =>
  tag('tr', cells.map((cell) => tag('td', text(cell))).join(''))

function summary(reports: readonly Report[]): string {
  const shown = occurring(reports.map(({ totals }) => totals))
  return table(
    ['backend', 'level', ...shown, 'seconds'],
    reports.map(({ backend, level, totals, milliseconds }) =>
      row([
        backend,
        levelText(level),
        ...shown.map((status) => totals[status]),
        (milliseconds / 1000).toFixed(1),
      ]),
    ),
  )
}

function about(report: Report): string {
  const { backend, claims, environment, versions, golden, started } = report
  const shown = occurring([report.totals])
  const held = Object.entries(claims?.dtypes ?? {}).filter(([, support]) => support.storage)
  const facts: Record<string, string> = {
    ...(claims && {
      device: claims.description,
      dtypes: held
        .map(([name, { arithmetic }]) => (arithmetic ? name : `${name} (storage)`))
        .join(', '),
      'native kernels': claims.native.join(', '),
      notes: claims.numerics?.notes?.join('; ') ?? '',
    }),
    ...environment,
    ...versions,
    results: golden,
    started,
  }
  const list = Object.entries(facts)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => tag('dt', text(name)) + tag('dd', text(value)))
  return (
    tag('h2', text(backend)) +
    tag('dl', list.join('')) +
    table(
      ['level', ...shown],
      levelRows(report).map(({ name, totals }) =>
        row([name, ...shown.map((status) => totals[status])]),
      ),
    )
  )
}

const cellHtml = (cell: MatrixCell | undefined): string => {
  if (!cell) return '<td></td>'
  const counts = statuses.filter((status) => cell.totals[status] > 0)
  const title = counts.map((status) => `${status} ${cell.totals[status]}`).join(', ')
  const kernels = cell.kernels ? ` <i>${cell.kernels}</i>` : ''
  return `<td class="${cell.status}" title="${text(title)}">${text(cellText(cell))}${kernels}</td>`
}

function matrix(reports: readonly Report[]): string {
  const { columns, rows } = matrixOf(reports)
  const groups = [...groupBy(columns, ({ backend }) => backend)]
  const backends = groups.map(
    ([name, members]) => `<th colspan="${members.length}">${text(name)}</th>`,
  )
  const dtypes = columns.map(({ dtype }) => tag('th', text(dtype)))
  return (
    `<table id="matrix"><thead><tr><th rowspan="2">op</th>${backends.join('')}</tr>` +
    `<tr>${dtypes.join('')}</tr></thead><tbody>` +
    rows
      .map(({ op, cells }) => tag('tr', `<th>${text(op)}</th>${cells.map(cellHtml).join('')}`))
      .join('\n') +
    '</tbody></table>'
  )
}

function details(reports: readonly Report[]): string {
  const listed = (wanted: (result: Result) => boolean) =>
    reports.flatMap(({ backend, results }) =>
      results.filter(wanted).map(({ id, status, message }) => row([backend, id, status, message])),
    )
  return statuses
    .filter((status) => status !== 'pass')
    .flatMap((status) => {
      const rows = listed((result) => result.status === status)
      if (rows.length === 0) return []
      const head = tag('summary', `${status} (${rows.length})`, status)
      return `<details>${head}${table(['backend', 'case', 'status', 'message'], rows)}</details>`
    })
    .join('\n')
}

/** The report of one or several backends as one HTML page that needs nothing else. */
export function toHtml(reports: readonly Report[]): string {
  const names = reports.map(({ backend }) => backend).join(', ')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Conformance: ${text(names)}</title>
<style>${style}</style>
<h1>Conformance</h1>
${summary(reports)}
${reports.map(about).join('\n')}
<h2>Ops</h2>
<p><input id="filter" type="search" placeholder="part of an op’s name" aria-label="filter ops">
<label><input id="problems" type="checkbox"> only what does not pass</label></p>
${matrix(reports)}
<h2>Cases</h2>
${details(reports)}
<script>${script}</script>
</html>
`
}
