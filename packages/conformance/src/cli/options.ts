import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'

/** What the command line asks for. */
export interface CliOptions {
  /** Name of a registered backend, or a module that registers or exports one. */
  readonly backend: string
  /** Folder of recorded results that replaces the shipped ones. */
  readonly golden?: string
  /** Globs on ids and ops. */
  readonly only?: readonly string[]
  readonly json?: string
  readonly html?: string
  readonly junit?: string
  readonly markdown?: string
  /** JSON report to compare with. */
  readonly baseline?: string
  /** JSON reports of other backends to show beside this one. */
  readonly beside?: readonly string[]
  /** JSON file of ids or globs and reasons. */
  readonly knownFailures?: string
  /** Milliseconds that a case may take. */
  readonly timeout?: number
  readonly progress: boolean
  /** Run in a browser instead of in Node. */
  readonly browser?: boolean
  /** Print failures by op, with the first message of each. */
  readonly summary?: boolean
  /** Print every failure. */
  readonly verbose?: boolean
}

/** Where the command line writes. */
export interface CliOutput {
  readonly out: (text: string) => void
  readonly error: (text: string) => void
}

function milliseconds(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('Expected a positive number.')
  return value
}

const append = (value: string, before: readonly string[] = []): string[] => [...before, value]

/**
 * Reads the arguments that follow the command's name.
 * @returns the options, or the exit status of a run that ends here (help, or a mistake, which is told)
 */
export function parseArguments(
  argv: readonly string[],
  output: CliOutput,
): CliOptions | { readonly exit: number } {
  const command = new Command('conformance')
    .description('Checks a Sconce backend against results recorded from PyTorch.')
    .argument('[backend]', 'the same as --backend')
    .option('--backend <name>', 'name of a backend, or a module that registers one')
    .option('--golden <folder>', 'recorded results to use instead of the shipped ones')
    .option('--only <glob>', 'run ids or ops that match; may be repeated', append)
    .option('--json <file>', 'write the report as JSON')
    .option('--html <file>', 'write the report as a web page')
    .option('--junit <file>', 'write the report as JUnit XML')
    .option('--markdown <file>', 'write the report as Markdown')
    .option('--baseline <file>', 'tell what changed since this JSON report')
    .option('--beside <file>', 'show this JSON report of another backend too', append)
    .option('--known-failures <file>', 'JSON object: id or glob to reason')
    .addOption(
      new Option('--timeout <ms>', 'time limit of a case in milliseconds').argParser(milliseconds),
    )
    .option('--browser', 'run in Chromium instead of in Node')
    .option('--summary', 'print the failing ops, each with its first message')
    .option('--verbose', 'print every failure')
    .option('--no-progress', 'show no progress')
    .exitOverride()
    .configureOutput({ writeOut: output.out, writeErr: output.error })
  try {
    command.parse(argv, { from: 'user' })
    const [positional] = command.args
    const { backend = positional, ...options } = command.opts<Partial<CliOptions>>()
    if (!backend) command.error('error: which backend? Say --backend <name>.')
    if (positional && positional !== backend)
      command.error(`error: two backends: ${positional} and ${backend}`)
    return { progress: true, ...options, backend }
  } catch (error) {
    if (error instanceof CommanderError) return { exit: error.exitCode && 2 }
    throw error
  }
}
