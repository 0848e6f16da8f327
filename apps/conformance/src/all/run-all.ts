import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { failures, toHtml, toMarkdown } from '@sconce/conformance'
import { type Command, runTarget } from './child.ts'
import type { AllOptions } from './options.ts'
import { withGeneratedPart } from './readme.ts'
import { merged, type Run, type Summary, summaryOf, summaryTable } from './summary.ts'
import type { Skipped, Target } from './targets.ts'

/** What a run over everything needs. */
export interface AllServices {
  readonly targets: readonly Target[]
  readonly skipped: readonly Skipped[]
  readonly command: Command
  out(text: string): void
  /** Files that `--readme` writes. */
  readonly readme: string
  readonly summary: string
}

const isChosen = ({ backends, places }: AllOptions, { name, place }: Target | Skipped): boolean =>
  places.includes(place) && (backends.length === 0 || backends.some((part) => name.includes(part)))

/** Reports under the names of their runs, as a matrix shows them. */
const named = (runs: readonly Run[]) =>
  runs.map(({ name, place, report }) => ({ ...report, backend: `${name} in ${place}` }))

/** What `--json` writes. */
const combined = (runs: readonly Run[], summary: Summary): string =>
  `${JSON.stringify({ format: 'sconce-conformance-all-1', summary, reports: named(runs) })}\n`

/** `summary.json`, as the repository keeps it. */
export const summaryJson = (summary: Summary): string => `${JSON.stringify(summary, null, 2)}\n`

async function write(file: string | undefined, text: () => string): Promise<void> {
  if (file === undefined) return
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text())
}

async function runEach(options: AllOptions, services: AllServices) {
  const { targets, command, out } = services
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'))
  const runs: Run[] = []
  const failed: Skipped[] = []
  try {
    const chosen = targets.filter((target) => isChosen(options, target))
    for (const [i, target] of chosen.entries()) {
      const { name, place } = target
      out(`${name} in ${place} (${i + 1} of ${chosen.length})\n`)
      const ending = await runTarget(target, join(folder, `${i}.json`), options.passed, command)
      if ('report' in ending) runs.push({ name, place, report: ending.report })
      else {
        failed.push({ name, place, reason: ending.reason })
        out(`not run: ${ending.reason}\n`)
      }
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  return { runs, failed }
}

/** Writes what was found into the summary that the repository keeps, and its table into the README. */
async function writeReadme(now: Summary, services: AllServices): Promise<void> {
  const { targets, skipped, readme, summary: file } = services
  const page = await readFile(readme, 'utf8')
  const before: Summary = existsSync(file)
    ? JSON.parse(await readFile(file, 'utf8'))
    : { torch: undefined, rows: [], skipped: [] }
  const summary = merged(before, { ...now, skipped }, [...targets, ...skipped])
  await write(file, () => summaryJson(summary))
  await write(readme, () => withGeneratedPart(page, summaryTable(summary)))
}

/**
 * Runs the kit over all targets, one after the other, and writes the reports that are asked for.
 * @returns the exit status: 0 if everything was run and nothing failed, 2 if nothing could be run, else 1
 */
export async function runAll(options: AllOptions, services: AllServices): Promise<number> {
  const { runs, failed } = await runEach(options, services)
  const skipped = services.skipped.filter((skip) => isChosen(options, skip))
  const summary = summaryOf(runs, [...skipped, ...failed])
  await write(options.json, () => combined(runs, summary))
  await write(options.html, () => toHtml(named(runs)))
  await write(options.markdown, () => `${summaryTable(summary)}\n\n${toMarkdown(named(runs))}`)
  if (options.readme && failed.length === 0) await writeReadme(summaryOf(runs, skipped), services)
  const wrong = runs.reduce((sum, { report }) => sum + failures(report.totals), 0)
  const passed = runs.reduce((sum, { report }) => sum + report.totals.pass, 0)
  services.out(
    `\n${summaryTable(summary)}\n\nconformance of ${runs.length} runs: ${passed} passed, ${wrong} failed\n`,
  )
  if (options.readme && failed.length > 0)
    services.out('The README is as it was: not everything was run.\n')
  if (runs.length === 0) return 2
  return wrong > 0 || failed.length > 0 ? 1 : 0
}
