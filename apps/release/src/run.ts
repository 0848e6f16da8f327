import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/**
 * Runs a command to its end and returns what it printed.
 * @throws Error with what it printed where it fails
 */
export async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    // What the tests set for themselves, such as NODE_OPTIONS, is nothing to a stranger's project.
    const { NODE_OPTIONS: _, VITEST: __, ...env } = process.env
    const { stdout } = await execute(command, args, { cwd, env, maxBuffer: 1 << 26 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
  }
}
