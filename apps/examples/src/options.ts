import { parseArgs } from 'node:util'

/** What every example can be told. */
export interface ExampleOptions {
  /** Name of the backend to run on. */
  readonly device: string
  /** Training steps, in place of the example's own number of them. */
  readonly steps?: number
  /** Passes through the data, where there is more data than fits into a step. */
  readonly epochs?: number
  /** How much of the data is used; less makes a quick trial. */
  readonly samples?: number
}

/** A program. */
export interface Example {
  readonly title: string
  run(options: ExampleOptions): Promise<void> | void
}

/** @throws Error for anything but a positive integer. */
function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`--${name} takes a positive integer, not '${text}'`)
}

/** Backends that only pages have. */
const PAGES_ONLY: ReadonlySet<string> = new Set(['webgl'])

/** What the command line asks for. */
interface Asked {
  readonly names: string[]
  readonly options: ExampleOptions
  /** Whether it is to run in a page. */
  readonly browser: boolean
}

/** `[names] --device cpu --browser --steps 200 --epochs 2 --samples 1000`. */
export function readOptions(argv: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      device: { type: 'string', default: 'cpu' },
      browser: { type: 'boolean', default: false },
      steps: { type: 'string' },
      epochs: { type: 'string' },
      samples: { type: 'string' },
    },
  })
  const { device, browser, ...counts } = values
  return {
    names: positionals,
    browser: browser || PAGES_ONLY.has(device),
    options: {
      device,
      steps: count('steps', counts.steps),
      epochs: count('epochs', counts.epochs),
      samples: count('samples', counts.samples),
    },
  }
}
