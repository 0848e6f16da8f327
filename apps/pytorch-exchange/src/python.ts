import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Debian's Python, for which there is python3-torch; another one may be named. */
const python = process.env.SCONCE_PYTHON ?? '/usr/bin/python3'

const folder = fileURLToPath(new URL('../python/', import.meta.url))

/** PyTorch's version, or why there is none. */
export async function findTorch(): Promise<{ version: string } | { missing: string }> {
  try {
    const { stdout } = await execute(python, ['-c', 'import torch; print(torch.__version__)'])
    return { version: stdout.trim() }
  } catch (error) {
    const reason = String(error).trim().split('\n').at(-1)
    return {
      missing: `${python} has no PyTorch (${reason}); install Debian's python3-torch, or name another Python in SCONCE_PYTHON`,
    }
  }
}

/** Runs a script of the python folder; the last line that it prints is its result, as JSON. */
export async function runPython(script: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await execute(python, [folder + script, ...args])
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}
