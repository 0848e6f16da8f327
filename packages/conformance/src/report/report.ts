import type { Backend, BackendInfo } from '@sconce/backend'
import { type Level, levelOf, type Result, type Totals, totalsOf } from './result.ts'

/** What the backend says of itself, as far as a report shows it. */
export type BackendClaims = Pick<BackendInfo, 'dtypes' | 'native' | 'description' | 'numerics'>

/** What a report shows of a backend's claims. */
export function claimsOf({ info }: Backend): BackendClaims {
  const { dtypes, native, description, numerics } = info
  return { dtypes, native, description, numerics }
}

/** Where and with what a run was made: names and versions, as text. */
export type Facts = Readonly<Record<string, string>>

/** The outcome of a run, as the JSON file holds it (`report.schema.json`). */
export interface Report {
  readonly format: 'sconce-conformance-1'
  readonly backend: string
  readonly claims?: BackendClaims
  /** Where the recorded results came from. */
  readonly golden: string
  /** ISO 8601. */
  readonly started: string
  readonly milliseconds: number
  readonly environment: Facts
  readonly versions: Facts
  readonly totals: Totals
  readonly level: Level | null
  /** The reasons of the known failures, by pattern. */
  readonly knownFailures: Readonly<Record<string, string>>
  readonly results: readonly Result[]
}

/** All of a report but what follows from the results. */
export type ReportFacts = Omit<Report, 'format' | 'totals' | 'level'>

/** A report of results, with totals and level worked out. */
export const makeReport = (facts: ReportFacts): Report => ({
  format: 'sconce-conformance-1',
  ...facts,
  totals: totalsOf(facts.results),
  level: levelOf(facts.results),
})

/** The level for people: `none` below 0. */
export const levelText = (level: Level | null): string => (level === null ? 'none' : `${level}`)

/** What runs this: Node, or the browser's own description of itself. */
export function environmentFacts(): Facts {
  if (typeof process !== 'undefined' && process.versions?.node)
    return {
      runtime: `Node ${process.versions.node}`,
      platform: `${process.platform} ${process.arch}`,
    }
  return { runtime: globalThis.navigator?.userAgent ?? 'unknown' }
}
