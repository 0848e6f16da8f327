import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Metafile } from 'esbuild'
import { bundleForBrowser, home } from '../launch/bundle.ts'

const gzipped = (file: string): number => gzipSync(readFileSync(file), { level: 9 }).length

/** The outputs that a program loads: what it imports, and of what it may load later the wanted part. */
export function loadedOutputs(
  outputs: Metafile['outputs'],
  entry: string,
  wanted: RegExp | undefined,
): string[] {
  const isWanted = (output: string): boolean =>
    wanted?.test(outputs[output]?.entryPoint ?? '') ?? false
  const found = new Set<string>()
  const add = (output: string): void => {
    if (found.has(output) || !(output in outputs)) return
    found.add(output)
    for (const { path, kind } of outputs[output].imports) {
      if (kind === 'import-statement' || (kind === 'dynamic-import' && isWanted(path))) add(path)
    }
  }
  const start = Object.keys(outputs).find((o) => outputs[o].entryPoint?.endsWith(entry))
  if (start) add(start)
  return [...found]
}

/** Bytes of a program, bundled for browsers by esbuild, minified and compressed with gzip. */
export async function sizeOf(
  program: string,
  outdir: string,
  wanted: RegExp | undefined,
  assets: readonly string[],
): Promise<number> {
  const entry = `src/size/programs/${program}.ts`
  const { metafile } = await bundleForBrowser(join(home, entry), join(outdir, program), true)
  const files = loadedOutputs(metafile.outputs, entry, wanted)
  return [...files, ...assets].reduce((sum, file) => sum + gzipped(file), 0)
}
