import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build as esbuild } from 'esbuild'
import { build as vite } from 'vite'
import { afterAll, describe, expect, it } from 'vitest'

const entry = fileURLToPath(new URL('./support/bundled.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sconce-bundle-'))
afterAll(() => rmSync(folder, { recursive: true }))

function run(file: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, [file], {
    timeout: 50_000,
    encoding: 'utf8',
  })
  return stdout.trim() || stderr
}

describe('bundled into one minified file', () => {
  it('by esbuild', async () => {
    const outfile = join(folder, 'esbuild.mjs')
    await esbuild({
      ...{ entryPoints: [entry], outfile, bundle: true, minify: true, format: 'esm' },
      ...{ platform: 'neutral', conditions: ['@sconce/source'], logLevel: 'error' },
    })
    expect(run(outfile)).toBe('1 worker, 193')
    // Binaries and all, as a server compresses it.
    expect(gzipSync(readFileSync(outfile)).length).toBeLessThan(110_000)
  })

  it('by vite', async () => {
    await vite({
      ...{ configFile: false, logLevel: 'error', resolve: { conditions: ['@sconce/source'] } },
      build: {
        ...{ outDir: folder, emptyOutDir: false, minify: true, target: 'es2022' },
        lib: { entry, formats: ['es'], fileName: () => 'vite.mjs' },
      },
    })
    expect(run(join(folder, 'vite.mjs'))).toBe('1 worker, 193')
  })
})
