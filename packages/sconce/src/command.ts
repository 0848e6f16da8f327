import { parseArgs } from 'node:util'
// By name, as a user's program: in one bundle with the command, the entry would lose its `export *`.
import { doctor, findingsText } from 'sconce'

export const usage = `npx sconce doctor [options]

Which backends run here, if not why not and how to mend it, and what their devices are.

  --import MODULE   a package, or a file, that registers a further backend; may be repeated
  --bench           time each backend, and recommend one
  --json            print everything as JSON
  --help            print this
`

/** Where the command writes, and how it loads modules. */
export interface Services {
  out(text: string): void
  error(text: string): void
  load(module: string): Promise<unknown>
}

const options = {
  import: { type: 'string', multiple: true },
  bench: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

/**
 * The command `sconce`.
 * @param args what follows its name
 * @returns the exit status: 0, 1 if no backend runs here, 2 for a mistake on the command line
 */
export async function command(args: readonly string[], services: Services): Promise<number> {
  const mistake = (text: string): number => {
    services.error(`${text}\n\n${usage}`)
    return 2
  }
  const parse = () => parseArgs({ args: [...args], options, allowPositionals: true })
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse()
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error))
  }
  const { values, positionals } = parsed
  if (values.help) {
    services.out(usage)
    return 0
  }
  if (positionals.length !== 1 || positionals[0] !== 'doctor') {
    return mistake(
      positionals.length === 0 ? 'No command.' : `No such command: ${positionals.join(' ')}`,
    )
  }
  for (const module of values.import ?? []) await services.load(module)
  const findings = await doctor({ bench: values.bench })
  services.out(values.json ? `${JSON.stringify(findings, null, 2)}\n` : findingsText(findings))
  return findings.preferred === undefined ? 1 : 0
}
