import { parseArgs } from 'node:util'
import { type Place, places } from './targets.ts'

export const usage = `npm run --silent conformance -- --all [options]

Runs the kit over every registered backend, in Node and in Chromium.

  --html FILE, --json FILE, --markdown FILE   one report of all runs
  --readme              write the table of the README, and the summary that it is made of; where only some
                        backends are run, the rows of the others stay
  --backend NAME        only backends whose name has this in it; may be repeated
  --in PLACE            only in Node, or only in Chromium
  --only GLOB           only ids or ops that match; may be repeated
  --golden DIR          recorded results to use instead of the shipped ones
  --timeout MS          time limit of a case
`

/** What is asked for with `--all`. */
export interface AllOptions {
  readonly html?: string
  readonly json?: string
  readonly markdown?: string
  readonly readme: boolean
  readonly backends: readonly string[]
  readonly places: readonly Place[]
  /** Arguments that every run gets. */
  readonly passed: readonly string[]
}

const text = { type: 'string' } as const
const list = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const
const options = {
  ...{ all: flag, readme: flag, html: text, json: text, markdown: text },
  ...{ backend: list, in: text, only: list, golden: text, timeout: text },
} as const

/**
 * Reads the command line.
 *
 * @throws Error for what it can't mean
 */
export function readAllOptions(args: readonly string[]): AllOptions {
  const { values } = parseArgs({ args: [...args], options })
  const { html, json, markdown, readme = false, backend = [], only = [], golden, timeout } = values
  const place = places.find((name) => name.toLowerCase() === values.in?.toLowerCase())
  if (values.in !== undefined && !place) throw new Error(`--in takes ${places.join(' or ')}`)
  if (readme && (only.length > 0 || golden !== undefined))
    throw new Error('--readme is about all cases: it goes with no choice of them')
  return {
    ...{ html, json, markdown, readme },
    backends: backend,
    places: place ? [place] : places,
    passed: [
      ...only.flatMap((glob) => ['--only', glob]),
      ...(golden === undefined ? [] : ['--golden', golden]),
      ...(timeout === undefined ? [] : ['--timeout', timeout]),
    ],
  }
}
