import { parseArgs } from 'node:util'

/** What every example can be told. */
export interface ExampleOptions {
  /** Name of the backend to run on. */
  readonly device: string
  /** Training steps; fewer make a quick trial. */
  readonly steps: number
}

/** A program of the series. */
export interface Example {
  readonly title: string
  run(options: ExampleOptions): Promise<void> | void
}

/** `[names] --device cpu --steps 200`. */
export function readOptions(argv: readonly string[]): { names: string[]; options: ExampleOptions } {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      device: { type: 'string', default: 'cpu' },
      steps: { type: 'string', default: '200' },
    },
  })
  return { names: positionals, options: { device: values.device, steps: Number(values.steps) } }
}
