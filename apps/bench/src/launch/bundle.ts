import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, type BuildResult, build } from 'esbuild'

/** The folder of this application, whatever was bundled from where. */
export const home =
  process.env.SCONCE_BENCH_HOME ?? fileURLToPath(new URL('../..', import.meta.url))

/** Where bundles are put. */
export const bundles = join(home, 'node_modules/.cache/bench')

/** What is bundled of the library are its sources, so that a build can't be stale. */
const conditions = ['@sconce/source']

const common = {
  bundle: true,
  format: 'esm',
  target: 'es2023',
  loader: { '.py': 'text' },
  logLevel: 'error',
} as const satisfies BuildOptions

/** The libraries that are timed beside ours, and tools, are loaded from where they are installed. */
const installed = [
  '@tensorflow/*',
  '@jax-js/*',
  'onnxruntime-web',
  'esbuild',
  'playwright',
  'matcher',
]

/** Bundles programs for Node, by the name of the output. */
export async function bundleForNode(
  entries: Readonly<Record<string, string>>,
  outdir: string,
  minify = false,
): Promise<void> {
  await build({
    ...common,
    ...{ entryPoints: entries, outdir, minify, conditions },
    ...{ outExtension: { '.js': '.mjs' }, platform: 'node', external: installed },
  })
}

/** Bundles a program for browsers, peers and all; what is loaded later becomes a chunk of its own. */
export const bundleForBrowser = (
  entry: string,
  outdir: string,
  minify = false,
): Promise<BuildResult<{ metafile: true }>> =>
  build({
    ...common,
    ...{ entryPoints: [entry], outdir, minify, splitting: true, metafile: true },
    ...{ platform: 'browser', conditions: [...conditions, 'browser'] },
    // Modules for Node that the peers ask for where they run in it.
    external: [
      'fs',
      'path',
      'os',
      'crypto',
      'util',
      'string_decoder',
      'worker_threads',
      'perf_hooks',
    ],
  })
