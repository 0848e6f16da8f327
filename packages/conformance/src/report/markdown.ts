import { markdownTable } from 'markdown-table'
import type { ReportDiff } from './diff.ts'
import { cellText, levelRows, matrixOf, occurring } from './matrix.ts'
import { levelText, type Report } from './report.ts'
import { isFailing, type Status } from './result.ts'

/** Keeps text inside one cell, as text. */
const escapeCell = (text: string): string =>
  text.replace(/[\\`*_[\]<>|]/g, '\\$&').replace(/\s*\n\s*/g, ' ')

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  markdownTable([head, ...rows].map((row) => row.map((cell) => escapeCell(`${cell}`))))

const section = (title: string, body: string): string[] => (body ? [`## ${title}`, body] : [])

const facts = ({ environment, versions, golden, started, claims }: Report): string =>
  [
    ...(claims ? [claims.description] : []),
    ...Object.values(environment),
    ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
    `results: ${golden}`,
    started,
  ]
    .map(escapeCell)
    .join(' · ')

function listed(reports: readonly Report[], wanted: (status: Status) => boolean): string {
  const rows = reports.flatMap(({ backend, results }) =>
    results
      .filter(({ status }) => wanted(status))
      .map(({ id, status, message }) => [backend, id, status, message]),
  )
  return rows.length > 0 ? table(['backend', 'case', 'status', 'message'], rows) : ''
}

/** The report of one or several backends as Markdown, with what changed since a baseline if given. */
export function toMarkdown(reports: readonly Report[], diff?: ReportDiff): string {
  const { columns, rows } = matrixOf(reports)
  const shown = occurring(reports.map(({ totals }) => totals))
  const totals = reports.map((report) => [
    report.backend,
    levelText(report.level),
    ...shown.map((status) => report.totals[status]),
  ])
  const byLevel = reports.flatMap((report) =>
    levelRows(report).map((row) => [
      report.backend,
      row.name,
      ...shown.map((status) => row.totals[status]),
    ]),
  )
  const matrix = rows.map(({ op, cells }) => [
    op,
    ...cells.map((cell) => {
      if (!cell) return ''
      return cell.kernels ? `${cellText(cell)} ${cell.kernels}` : cellText(cell)
    }),
  ])
  return [
    '# Conformance',
    table(['backend', 'level', ...shown], totals),
    ...reports.map((report) => `${report.backend}: ${facts(report)}`),
    ...section('Levels', table(['backend', 'level', ...shown], byLevel)),
    ...section('Failures', listed(reports, isFailing)),
    ...section(
      'Known failures',
      listed(reports, (status) => status === 'knownFailure'),
    ),
    ...section(
      'Blocked',
      listed(reports, (status) => status === 'blocked'),
    ),
    ...(diff ? section('Since the baseline', diffTable(diff)) : []),
    ...section(
      'Ops',
      table(['op', ...columns.map(({ backend, dtype }) => `${backend} ${dtype}`)], matrix),
    ),
    '',
  ].join('\n\n')
}

function diffTable({ regressed, fixed, changed, lessExact, added, removed }: ReportDiff): string {
  const rows = [
    ...[...regressed, ...fixed, ...changed].map(({ id, before, after, message }) => [
      id,
      before,
      after,
      message,
    ]),
    ...lessExact.map(({ id, before, after }) => [id, `${before} ULP`, `${after} ULP`, '']),
    ...added.map((id) => [id, '', 'added', '']),
    ...removed.map((id) => [id, 'removed', '', '']),
  ]
  return rows.length > 0 ? table(['case', 'before', 'after', 'message'], rows) : 'No change.'
}
