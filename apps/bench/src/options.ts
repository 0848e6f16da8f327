import { parseArgs } from 'node:util'
import { type MeasureOptions, standard } from './timing/measure.ts'

export const suiteNames = ['overhead', 'kernels', 'models', 'webgl', 'browser', 'size'] as const
export type SuiteName = (typeof suiteNames)[number]

export const usage = `npm run --silent bench -- --suite NAME [options]

  --suite NAME      ${suiteNames.join(', ')}
  --only GLOB       only the rows with such names; may be given several times
  --with GLOB       only the contestants with such names; may be given several times
  --rounds N        rounds in which every contestant has its turn (default ${standard.rounds})
  --sample MS       how long a sample should last (default ${standard.sample})
  --json FILE       writes the result as JSON
  --html FILE       writes the result as a page with a plot
  --history FILE    compares with the last result of another commit in FILE, and adds this one
  --against COMMIT  the commit in the history to compare with
  --isolated no     suite browser: without cross-origin isolation, so without threads
  --node FILE       the Node to run in (default: this one)
`

export interface Options {
  readonly suite: SuiteName
  readonly only: readonly string[]
  readonly contestants: readonly string[]
  readonly measure: MeasureOptions
  readonly json: string | undefined
  readonly html: string | undefined
  readonly history: string | undefined
  readonly against: string | undefined
  readonly isolated: boolean
  readonly node: string
}

/** A mistake on the command line: told with the usage, without a stack. */
export class UsageError extends Error {}

const isSuite = (name: string | undefined): name is SuiteName =>
  suiteNames.some((known) => known === name)

function positive(name: string, text: string | undefined, preset: number): number {
  if (text === undefined) return preset
  const value = Number(text)
  if (!(value > 0)) throw new UsageError(`--${name} takes a positive number, not '${text}'`)
  return value
}

/**
 * Reads the command line.
 *
 * @throws UsageError for unknown options, suites and numbers.
 */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const
  const list = { type: 'string', multiple: true } as const
  const named = { suite: text, json: text, html: text, history: text, against: text, node: text }
  const settings = { rounds: text, sample: text, isolated: text, only: list, with: list }
  const parse = () => {
    try {
      return parseArgs({ args: [...args], options: { ...named, ...settings } }).values
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error))
    }
  }
  const values = parse()
  const { suite } = values
  if (!isSuite(suite)) {
    throw new UsageError(
      suite === undefined ? 'no suite was named' : `there is no suite '${suite}'`,
    )
  }
  return {
    suite,
    only: values.only ?? [],
    contestants: values.with ?? [],
    measure: {
      ...standard,
      rounds: Math.ceil(positive('rounds', values.rounds, standard.rounds)),
      sample: positive('sample', values.sample, standard.sample),
    },
    json: values.json,
    html: values.html,
    history: values.history,
    against: values.against,
    isolated: values.isolated !== 'no',
    node: values.node ?? process.execPath,
  }
}
