import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'
import { parseReport, type Report } from '@sconce/conformance'
import type { Target } from './targets.ts'

/** How a run of the kit ended: with a report, or without because it could not be made. */
export type Ending = { readonly report: Report } | { readonly reason: string }

/** Runs the kit's command with arguments; shows its output; returns its status and what it complained of. */
export type Command = (args: readonly string[]) => Promise<{ status: number; error: string }>

/** The command of this application, in a process of its own, so that no run sees what another left. */
export const inProcess =
  (main: string, out: NodeJS.WritableStream): Command =>
  (args) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const complaints: Buffer[] = []
      child.stdout.on('data', (text) => out.write(text))
      child.stderr.on('data', (text) => complaints.push(text))
      child.on('error', reject)
      child.on('close', (status, signal) =>
        resolve({
          status: status ?? 2,
          error: signal ? `ended by ${signal}` : Buffer.concat(complaints).toString().trim(),
        }),
      )
    })

/**
 * Runs the kit over one target.
 * @param file where the report is put on the way
 * @param options further arguments: `--only`, `--golden`, `--timeout`
 */
export async function runTarget(
  { backend, place, knownFailures }: Target,
  file: string,
  options: readonly string[],
  command: Command,
): Promise<Ending> {
  const { status, error } = await command([
    ...['--backend', backend, '--json', file, '--no-progress', ...options],
    ...(place === 'Chromium' ? ['--browser'] : []),
    ...(knownFailures === undefined ? [] : ['--known-failures', knownFailures]),
  ])
  // 0 and 1 are runs that ended, well or badly.
  if (status === 0 || status === 1) return { report: parseReport(await readFile(file, 'utf8')) }
  return { reason: stripVTControlCharacters(error).trim() || `the run ended with status ${status}` }
}
