import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/** What tests look at in a report. */
export interface Report {
  readonly claims: { readonly description: string }
  readonly environment: { readonly runtime: string }
  readonly totals: Readonly<Record<string, number>>
  readonly level: number | null
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const flags = ['--conditions=@sconce/source', '--import', import.meta.resolve('tsx')]

/** Far longer than a case or a part takes, also on a machine that is busy: only what hangs fails by it. */
const caseTimeout = 240_000
const timeout = 1_200_000

/**
 * What the application reports of a part of the kit, in which nothing fails.
 * @param node the binary that runs it
 * @param backend a name or a module
 * @param part globs of ids
 */
export function conformance(
  node: string,
  backend: string,
  part: readonly string[],
  more: readonly string[] = [],
): Report {
  const folder = mkdtempSync(join(tmpdir(), 'sconce-conformance-'))
  try {
    const json = join(folder, 'report.json')
    const only = part.flatMap((glob) => ['--only', glob])
    const options = [
      '--backend',
      backend,
      '--json',
      json,
      '--no-progress',
      '--timeout',
      `${caseTimeout}`,
    ]
    const { status, stdout, stderr } = spawnSync(
      node,
      [...flags, main, ...options, ...only, ...more],
      {
        encoding: 'utf8',
        timeout,
      },
    )
    expect(`${stdout}${stderr}`).toMatch(/^conformance \w+: \d+ passed, 0 failed, /m)
    expect(status).toBe(0)
    return JSON.parse(readFileSync(json, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
