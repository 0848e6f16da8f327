/** The core of the kit: runs cases in order of their level and tells what became of each. */
import type { Case, Outcome, Suite } from './case.ts'
import { matchesGlob } from './glob.ts'
import {
  type KnownFailureList,
  type KnownFailures,
  knownFailureList,
} from './report/known-failures.ts'
import { isFailing, type Level, type Result } from './report/result.ts'

/** How far a run has come. */
export interface Progress {
  /** Results so far. */
  readonly done: number
  /** Cases that are selected. */
  readonly total: number
  /** The result that was just made. */
  readonly result: Result
}

/** Which cases a run has, and how it treats them. */
export interface RunOptions {
  /** Globs on the id or the op; a case that matches none is left out. */
  readonly only?: string | readonly string[]
  /** Default: all. */
  readonly levels?: readonly Level[]
  /** Ids or globs of cases that fail for a known reason. */
  readonly knownFailures?: KnownFailures
  /**
   * Whether an entry of `knownFailures` that matches no case of the suite is a failure. Default: true;
   * false for a suite of other data than the list was written for.
   */
  readonly checkKnownFailures?: boolean
  /** Time limit of a case. Default: 30 000. */
  readonly timeoutMilliseconds?: number
  readonly onProgress?: (progress: Progress) => void
}

const DEFAULT_TIMEOUT = 30_000

/** How long cases may run before timers, signals and the page get their turn. */
const TURN_MILLISECONDS = 50

const otherTurns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

const isSelected = ({ id, op, level }: Case<never>, { only, levels }: RunOptions): boolean =>
  (levels?.includes(level) ?? true) &&
  (only === undefined || matchesGlob(id, only) || matchesGlob(op, only))

/** The cases that options select, lowest level first, else in the order of the suite. */
export const selectCases = <Env>(suite: Suite<Env>, options: RunOptions): Case<Env>[] =>
  suite.cases.filter((member) => isSelected(member, options)).sort((a, b) => a.level - b.level)

/**
 * Runs a suite. Yields a result per selected case, and a failure per entry of the known failures that
 * matches nothing.
 *
 * A case is *blocked* when something that it needs was proved broken before, by a case that failed or was
 * blocked itself. Where what a case uses is only seen when it runs, it is blocked if it fails. What stands
 * on a known failure is run, and is one itself if it fails. What is not claimed is not run.
 * @throws Error where two cases have the same id, or a known failure has no reason
 */
export async function* run<Env>(
  suite: Suite<Env>,
  options: RunOptions = {},
): AsyncGenerator<Result, void, undefined> {
  const known = knownFailureList(options.knownFailures ?? {})
  const ids = idsOf(suite)
  const selected = selectCases(suite, options)
  const stale = (options.checkKnownFailures ?? true) ? known.stale(ids) : []
  const total = selected.length + stale.length
  const broken: BrokenParts = new Map()
  let done = 0
  const report = (result: Result): Result => {
    done++
    options.onProgress?.({ done, total, result })
    return result
  }
  for (const pattern of stale) yield report(staleResult(pattern))
  let turn = performance.now()
  for (const member of selected) {
    if (performance.now() - turn > TURN_MILLISECONDS) {
      await otherTurns()
      turn = performance.now()
    }
    const result = await settle(member, suite, known, broken, options)
    const isKnown = result.status === 'knownFailure'
    if (isFailing(result.status) || result.status === 'blocked' || isKnown)
      for (const name of member.proves ?? [])
        if (!broken.has(name) || !isKnown) broken.set(name, { id: member.id, isKnown })
    yield report(result)
  }
}

/** What is broken by name: the case that showed it, and whether that is a known failure. */
type BrokenParts = Map<string, { readonly id: string; readonly isKnown: boolean }>

function idsOf<Env>({ cases }: Suite<Env>): string[] {
  const ids = new Set<string>()
  for (const { id } of cases) {
    if (ids.has(id)) throw new Error(`two cases have the id ${id}`)
    ids.add(id)
  }
  return [...ids]
}

const staleResult = (pattern: string): Result => ({
  id: `known-failures/${pattern}`,
  op: 'known-failures',
  level: 0,
  status: 'fail',
  ulp: null,
  message: `the known failure ${pattern} matches no case`,
  milliseconds: 0,
})

/** The result of one case: run, unless it is blocked or not claimed. */
async function settle<Env>(
  member: Case<Env>,
  suite: Suite<Env>,
  known: KnownFailureList,
  broken: Readonly<BrokenParts>,
  options: RunOptions,
): Promise<Result> {
  const { id, op, level, dtypes } = member
  const dtype = member.dtype ?? (dtypes.length === 1 ? dtypes[0] : undefined)
  const base = { id, op, level, dtype, ulp: null, milliseconds: 0 }
  const lacking = dtypes.filter((name) => !suite.claims(name))
  if (lacking.length > 0)
    return { ...base, status: 'unclaimed', message: `no ${lacking.join(', ')}` }
  // What stands on a known failure may well pass; it is run.
  const need = member.needs?.find((name) => broken.get(name)?.isKnown === false)
  if (need !== undefined)
    return { ...base, status: 'blocked', message: `${need} is broken: see ${broken.get(need)?.id}` }
  const started = performance.now()
  const limit = member.timeoutMilliseconds ?? options.timeoutMilliseconds ?? DEFAULT_TIMEOUT
  const found = await attempt(member, suite.env, limit)
  const seen = member.observe?.(suite.env)
  const kernels = found.kernels ?? seen?.kernels
  const milliseconds = performance.now() - started
  const used = [...(member.needs ?? []), ...(seen?.used ?? [])]
  const culprit = isFailing(found.status) ? used.find((name) => broken.has(name)) : undefined
  const cause = culprit === undefined ? undefined : broken.get(culprit)
  if (cause) {
    const status = cause.isKnown ? 'knownFailure' : 'blocked'
    const message = `${culprit} is broken: see ${cause.id} (${found.message})`
    return { ...base, ...found, kernels, status, message, milliseconds }
  }
  const result = { ...base, ...found, kernels, milliseconds }
  const reason = known.reasonFor(id)
  if (reason === undefined || result.status === 'unclaimed') return result
  return result.status === 'pass'
    ? { ...result, status: 'unexpectedPass', message: `passes, but is known to fail: ${reason}` }
    : { ...result, status: 'knownFailure', message: `${reason} (${result.message})` }
}

type Found = Pick<Result, 'status' | 'ulp' | 'message' | 'kernels'>

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)

/** Runs a case within a time limit; an error it throws is a result. */
async function attempt<Env>(member: Case<Env>, env: Env, limit: number): Promise<Found> {
  const controller = new AbortController()
  const timeout: Found = { status: 'timeout', ulp: null, message: `took more than ${limit} ms` }
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<Found>((resolve) => {
    timer = setTimeout(() => {
      resolve(timeout)
      controller.abort()
    }, limit)
  })
  const started = performance.now()
  try {
    const found = await Promise.race([finish(member, env, controller.signal), late])
    // Nothing can interrupt a case that does not yield; it is late all the same.
    return performance.now() - started > limit ? timeout : found
  } finally {
    clearTimeout(timer)
  }
}

async function finish<Env>(member: Case<Env>, env: Env, signal: AbortSignal): Promise<Found> {
  try {
    const { ulp = null, message = '', ...outcome }: Outcome = await member.run(env, signal)
    return { ulp, message, ...outcome }
  } catch (error) {
    return { status: 'error', ulp: null, message: messageOf(error) }
  }
}
