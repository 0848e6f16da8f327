import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { bundleForNode, bundles, home } from './launch/bundle.ts'
import { readOptions, UsageError, usage } from './options.ts'

/**
 * Bundles the benchmark and runs the bundle: what is timed is what a bundler makes of the sources, not
 * what a loader for development does.
 */
async function main(args: readonly string[]): Promise<number> {
  const { node } = readOptions(args)
  const entries = {
    run: join(home, 'src/run.ts'),
    'ort-server': join(home, 'src/contestants/ort-server.ts'),
  }
  await bundleForNode(entries, bundles)
  const { status } = spawnSync(node, ['--expose-gc', join(bundles, 'run.mjs'), ...args], {
    stdio: 'inherit',
    env: { ...process.env, SCONCE_BENCH_HOME: home },
  })
  return status ?? 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
