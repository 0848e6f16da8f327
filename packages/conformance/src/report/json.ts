import type { Report } from './report.ts'

/** The report as JSON; `report.schema.json` describes it. */
export const toJson = (report: Report): string => `${JSON.stringify(report, null, 1)}\n`

/**
 * Reads a report that `toJson` wrote.
 * @throws Error where it is none
 */
export function parseReport(text: string): Report {
  const report: Report = JSON.parse(text)
  if (report.format !== 'sconce-conformance-1')
    throw new Error(`not a conformance report of this version: format ${report.format}`)
  return report
}
