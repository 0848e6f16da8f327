/** The kit in a page: what `--browser` loads, and what may be called from a page of one's own. */
import type { Suite } from './case.ts'
import { loadBackend } from './cli/backends.ts'
import type { Env } from './execute/context.ts'
import { makeSuite } from './execute/suite.ts'
import { openFolder } from './golden/folder.ts'
import { type Golden, urlSource } from './golden/golden.ts'
import { openPacked } from './golden/packed.ts'
import { type BackendClaims, claimsOf, environmentFacts, type Facts } from './report/report.ts'
import { type Progress, type RunOptions, run } from './runner.ts'

/** What the page tells, in this order: one start, results, one end; or a failure at any time. */
export type PageMessage =
  | {
      readonly kind: 'start'
      readonly backend: string
      readonly claims: BackendClaims
      readonly environment: Facts
    }
  | { readonly kind: 'results'; readonly progress: readonly Progress[] }
  | { readonly kind: 'end' }
  | { readonly kind: 'failure'; readonly message: string }

/** What a page makes its cases from. */
export interface PageOptions {
  /** Name of the backend, or of the module that is about it. */
  readonly backend: string
  /** Whether `backend` is a name that the module registers. */
  readonly named: boolean
  /** Where the recorded results are served, and in which form. */
  readonly golden: { readonly url: string; readonly form: 'packed' | 'folder' }
  readonly only?: readonly string[]
}

/** Results that are told at once. */
const BATCH = 50

function openGolden({ url, form }: PageOptions['golden']): Promise<Golden> {
  const base = new URL(url, globalThis.location?.href)
  const source = urlSource(base)
  if (form === 'packed') return openPacked(source)
  const list = async (folder: string): Promise<string[]> => {
    const response = await fetch(new URL(folder === '' ? './' : `${folder}/`, base))
    return response.json()
  }
  return openFolder({ ...source, list })
}

/** Runs the cases of a page. */
export type PageRun = (options: RunOptions) => Promise<void>

const failureOf = (error: unknown): PageMessage => ({
  kind: 'failure',
  message: error instanceof Error ? error.message : String(error),
})

/**
 * Starts the backend of a module and makes its cases; tells when that is done.
 * @param load imports the module
 * @returns what runs the cases, and tells what comes of them
 */
export async function prepareInPage(
  load: () => Promise<unknown>,
  { backend: name, named, golden, only }: PageOptions,
  tell: (message: PageMessage) => Promise<void>,
): Promise<PageRun> {
  try {
    const backend = await loadBackend(name, named ? { [name]: load } : {}, load)
    const suite = await makeSuite(backend, await openGolden(golden), only)
    await tell({
      kind: 'start',
      backend: backend.name,
      claims: claimsOf(backend),
      environment: environmentFacts(),
    })
    return (options) => runAndTell(suite, options, tell)
  } catch (error) {
    await tell(failureOf(error))
    throw error
  }
}

async function runAndTell(
  suite: Suite<Env>,
  options: RunOptions,
  tell: (message: PageMessage) => Promise<void>,
): Promise<void> {
  let batch: Progress[] = []
  const flush = async (): Promise<void> => {
    const progress = batch
    batch = []
    if (progress.length > 0) await tell({ kind: 'results', progress })
  }
  try {
    const onProgress = (progress: Progress) => void batch.push(progress)
    for await (const _ of run(suite, { ...options, onProgress }))
      if (batch.length >= BATCH) await flush()
    await flush()
    await tell({ kind: 'end' })
  } catch (error) {
    await tell(failureOf(error))
  }
}
