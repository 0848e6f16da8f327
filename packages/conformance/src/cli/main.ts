import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { diffReports, diffText, type ReportDiff } from '../report/diff.ts'
import { failingOpsText } from '../report/failing.ts'
import { toHtml } from '../report/html.ts'
import { parseReport, toJson } from '../report/json.ts'
import { toJUnit } from '../report/junit.ts'
import type { KnownFailures } from '../report/known-failures.ts'
import { toMarkdown } from '../report/markdown.ts'
import {
  type BackendClaims,
  environmentFacts,
  type Facts,
  levelText,
  makeReport,
  type Report,
} from '../report/report.ts'
import { failures, isFailing, type Result } from '../report/result.ts'
import type { RunOptions } from '../runner.ts'
import { type CliOptions, type CliOutput, parseArguments } from './options.ts'
import { progressDisplay } from './progress.ts'

/** What is to be run for some options. */
export interface Job {
  /** Name of the backend. */
  readonly backend: string
  /** Runs the cases, wherever that is. */
  run(options: RunOptions): AsyncIterable<Result>
  readonly claims?: BackendClaims
  /** Where the recorded results come from. */
  readonly golden: string
  /** Where the cases run. Default: here. */
  readonly environment?: Facts
  readonly versions: Facts
  readonly knownFailures?: KnownFailures
  /** Gives back what the job holds. */
  close?(): Promise<void>
}

/** What the command line needs from its surroundings. */
export interface CliServices extends CliOutput {
  /** Where progress is shown. */
  readonly progress: NodeJS.WritableStream
  /** Loads the backend and makes its cases; what it throws is told to the user. */
  createJob(options: CliOptions): Promise<Job>
}

/** Failures that are printed; the files have all. */
const MAX_PRINTED = 30

/**
 * The command: runs what the arguments say, writes the reports they ask for and prints the summary.
 * @param argv arguments after the command's name
 * @returns the exit status: 0 if nothing failed, 1 if something did, 2 if nothing could be run
 */
export async function runCli(argv: readonly string[], services: CliServices): Promise<number> {
  const options = parseArguments(argv, services)
  if ('exit' in options) return options.exit
  try {
    return await execute(options, services)
  } catch (error) {
    services.error(`${error instanceof Error ? error.message : error}\n`)
    return 2
  }
}

async function execute(options: CliOptions, services: CliServices): Promise<number> {
  // Files that are to be read come first: a mistyped name should not cost a whole run.
  const baseline = options.baseline && parseReport(await readFile(options.baseline, 'utf8'))
  const beside = await Promise.all(
    (options.beside ?? []).map(async (file) => parseReport(await readFile(file, 'utf8'))),
  )
  const listed: KnownFailures = options.knownFailures
    ? JSON.parse(await readFile(options.knownFailures, 'utf8'))
    : {}
  const job = await services.createJob(options)
  const knownFailures = { ...job.knownFailures, ...listed }
  let report: Report
  try {
    report = await runJob(job, options, knownFailures, services.progress)
  } finally {
    await job.close?.()
  }
  if (report.results.length === 0)
    throw new Error(`no case matches ${options.only?.join(', ') ?? 'anything'}`)
  const diff = baseline ? diffReports(baseline, report) : undefined
  await writeReports(options, report, beside, diff)
  services.out(summary(report, options, diff))
  return failures(report.totals) > 0 ? 1 : 0
}

async function runJob(
  { backend, run, claims, golden, environment, versions }: Job,
  options: CliOptions,
  knownFailures: KnownFailures,
  stream: NodeJS.WritableStream,
): Promise<Report> {
  const display = options.progress ? progressDisplay(stream) : undefined
  const started = new Date()
  const results: Result[] = []
  try {
    const stream = run({
      only: options.only,
      knownFailures,
      // A list is written for all of the shipped results; elsewhere it may name what is not there.
      checkKnownFailures: options.golden === undefined && options.only === undefined,
      timeoutMilliseconds: options.timeout,
      onProgress: display?.update,
    })
    for await (const result of stream) results.push(result)
  } finally {
    display?.stop()
  }
  return makeReport({
    backend,
    claims,
    golden,
    started: started.toISOString(),
    milliseconds: Date.now() - started.getTime(),
    environment: environment ?? environmentFacts(),
    versions,
    knownFailures,
    results,
  })
}

async function writeReports(
  options: CliOptions,
  report: Report,
  beside: readonly Report[],
  diff: ReportDiff | undefined,
): Promise<void> {
  const all = [report, ...beside]
  const files: [string | undefined, () => string][] = [
    [options.json, () => toJson(report)],
    [options.junit, () => toJUnit(report)],
    [options.html, () => toHtml(all)],
    [options.markdown, () => toMarkdown(all, diff)],
  ]
  for (const [file, text] of files) {
    if (!file) continue
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text())
  }
}

/** The failures, as many as were asked for. */
function failureLines(results: readonly Result[], options: CliOptions): string[] {
  if (options.summary) return failingOpsText(results)
  const failed = results.filter(({ status }) => isFailing(status))
  const shown = options.verbose ? failed : failed.slice(0, MAX_PRINTED)
  const lines = shown.map(({ status, id, message }) => `${status} ${id}: ${message}`)
  if (failed.length > shown.length) lines.push(`… and ${failed.length - shown.length} more`)
  return lines
}

/** Failures, what changed, and the last line, which other tools read. */
function summary(report: Report, options: CliOptions, diff?: ReportDiff): string {
  const { backend, results, totals, level } = report
  const lines = failureLines(results, options)
  if (diff) lines.push(`since the baseline: ${diffText(diff)}`)
  if (totals.blocked > 0) lines.push(`${totals.blocked} blocked by those failures`)
  if (totals.knownFailure > 0) lines.push(`${totals.knownFailure} known failures`)
  lines.push(
    `conformance ${backend}: ${totals.pass} passed, ${failures(totals)} failed, ` +
      `${totals.unclaimed} unclaimed, level ${levelText(level)}`,
  )
  return `${lines.join('\n')}\n`
}
