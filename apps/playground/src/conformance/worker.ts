/** The worker in which the conformance kit runs. It is ended, not asked, to stop it. */
import {
  type BackendClaims,
  claimsOf,
  environmentFacts,
  type Facts,
  type FileSource,
  type Level,
  openPacked,
  type Result,
  run,
  urlSource,
} from '@sconce/conformance'
import { expose } from 'comlink'
import { registeredBackends } from 'sconce'
import { servedName } from './served-name.ts'

/** A part of the kit. */
export interface Part {
  readonly backend: string
  readonly levels: readonly Level[]
  /** Globs on ids or ops; empty for all. */
  readonly only: readonly string[]
  /** Where the page's files are. */
  readonly base: string
}

export interface Begin {
  readonly claims: BackendClaims
  readonly environment: Facts
}

/** What came since the last time. */
export interface Progress {
  readonly done: number
  readonly total: number
  readonly results: readonly Result[]
}

const TELL_MILLISECONDS = 150

/** Cases of these levels are not from recorded results, which then need not be read. */
const prefixes: Readonly<Partial<Record<Level, readonly string[]>>> = {
  0: ['storage/*', 'layout/*'],
  1: ['expr/*', 'map/*', 'reduce/*', 'scatter/*', 'kernel/*'],
}

function patternsOf({ only, levels }: Part): readonly string[] | undefined {
  if (only.length > 0) return only
  const patterns = levels.map((level) => prefixes[level])
  return patterns.every((list) => list !== undefined) ? patterns.flat() : undefined
}

/** The recorded results beside the page. */
function recorded(base: string): FileSource {
  const { root, read } = urlSource(new URL('recorded/', base))
  return { root, read: (path) => read(servedName(path)) }
}

const kit = {
  /** @throws Error where the backend can't run here */
  async run(
    part: Part,
    begun: (begin: Begin) => void,
    tell: (progress: Progress) => void,
  ): Promise<void> {
    const plugin = registeredBackends().find(({ name }) => name === part.backend)
    if (!plugin) throw new Error(`no backend '${part.backend}' is registered`)
    const probe = await plugin.probe()
    if (!probe.available) throw new Error(`${probe.reason}: ${probe.mend}`)
    const backend = await plugin.create()
    begun({ claims: claimsOf(backend), environment: environmentFacts() })
    let results: Result[] = []
    let [done, total, told] = [0, 0, 0]
    const flush = () => {
      tell({ done, total, results })
      results = []
      told = performance.now()
    }
    const cases = run(backend, {
      golden: openPacked(recorded(part.base)),
      levels: part.levels,
      only: patternsOf(part),
      onProgress: (progress) => {
        done = progress.done
        total = progress.total
      },
    })
    for await (const result of cases) {
      results.push(result)
      if (performance.now() - told > TELL_MILLISECONDS) flush()
    }
    flush()
  },
}
export type Kit = typeof kit

expose(kit)
