import { parseArgs } from 'node:util'
import { type BackendName, backendNames } from './devices.ts'
import { programs } from './programs/index.ts'
import type { Trial } from './trial.ts'

export const usage = `npm run --silent soak -- [options]

Trains for long, with errors at random, and watches that memory stays flat and results stay the same.

  --backend NAME    ${backendNames.join(', ')}; may be repeated (default: all). webgl runs in Chromium
  --program NAME    ${programs.map(({ name, steps }) => `${name} (${steps} steps)`).join(', ')}; may be repeated
  --yield           only the loop that yields to the event loop
  --no-yield        only the loop that never does
  --browser         run cpu and wasm in Chromium too, instead of in Node
  --steps N         steps of each program, instead of its own
  --budget MIB      spill from so many MiB on
  --json FILE       write the curves as JSON
  --svg FILE        draw them
`

export interface Options {
  readonly backends: readonly BackendName[]
  readonly programs: readonly string[]
  readonly loops: readonly Trial['loop'][]
  readonly browser: boolean
  readonly steps?: number
  /** Bytes from which on tensors are spilled. */
  readonly budget?: number
  readonly json?: string
  readonly svg?: string
}

const text = { type: 'string' } as const
const list = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const
const options = {
  ...{ backend: list, program: list, yield: flag, browser: flag },
  ...{ steps: text, budget: text, json: text, svg: text },
} as const

function positive(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!(Number(value) > 0)) throw new Error(`--${name} takes a positive number, not '${value}'`)
  return Number(value)
}

function chosen<T extends string>(
  name: string,
  wanted: readonly string[] | undefined,
  all: readonly T[],
): readonly T[] {
  if (!wanted) return all
  return wanted.map((value) => {
    const found = all.find((known) => known === value)
    if (!found) throw new Error(`--${name} takes ${all.join(', ')}, not '${value}'`)
    return found
  })
}

/**
 * Reads the command line.
 *
 * @throws Error for what it can't mean
 */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({ args: [...args], options, allowNegative: true })
  const { backend, program, browser = false, json, svg } = values
  const both: readonly Trial['loop'][] = ['in one piece', 'yielding']
  const budget = positive('budget', values.budget)
  return {
    backends: chosen('backend', backend, backendNames),
    programs: chosen(
      'program',
      program,
      programs.map(({ name }) => name),
    ),
    loops: values.yield === undefined ? both : [both[values.yield ? 1 : 0]],
    ...{ browser, json, svg, steps: positive('steps', values.steps) },
    budget: budget === undefined ? undefined : budget * 2 ** 20,
  }
}
