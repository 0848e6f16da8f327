/**
 * The wasm backend where the whole kit is not run: on the newest Node, which has relaxed SIMD, in
 * Chromium, and in each with one thread and with two. A part of the kit, by the application itself.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { node26 } from './node-26.ts'

const folder = mkdtempSync(join(tmpdir(), 'sconce-conformance-'))
afterAll(() => rmSync(folder, { recursive: true }))

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** All kernels; of PyTorch's results, whose names are hashes, an eighth. */
const part = [
  ...['storage', 'layout', 'expr', 'map', 'reduce', 'scatter', 'kernel'].map((k) => `${k}/*`),
  ...[
    'ops/*/0*',
    'ops/*/8*',
    'generated/large*',
    'ops/nn.functional.*norm/*',
    'robustness/*memory',
  ],
]

interface Report {
  readonly claims: { readonly description: string }
  readonly environment: { readonly runtime: string }
  readonly totals: Readonly<Record<string, number>>
}

/** What the application reports when it is run by `node`. */
function conformance(node: string, backend: string, ...more: readonly string[]): Report {
  const json = join(folder, 'report.json')
  const flags = ['--conditions=@sconce/source', '--import', import.meta.resolve('tsx')]
  const only = part.flatMap((glob) => ['--only', glob])
  const options = ['--backend', pathOf(backend), '--json', json, '--no-progress', ...only, ...more]
  const { status, stdout, stderr } = spawnSync(
    node,
    [...flags, pathOf('../src/main.ts'), ...options],
    { encoding: 'utf8', timeout: 280_000 },
  )
  expect(`${stdout}${stderr}`).toMatch(/^conformance wasm: \d+ passed, 0 failed, /m)
  expect(status).toBe(0)
  return JSON.parse(readFileSync(json, 'utf8'))
}

const environments = [
  { where: 'this Node', node: () => process.execPath, flags: [], runtime: process.versions.node },
  { where: 'Node 26', node: node26, flags: [], runtime: 'Node 26.' },
  { where: 'Chromium', node: () => process.execPath, flags: ['--browser'], runtime: 'Chrom' },
] as const

const counts = [
  { threads: '1 thread', backend: './backends/wasm-one-thread.ts' },
  { threads: '2 threads', backend: './backends/wasm-two-threads.ts' },
] as const

describe.each(environments)('wasm in $where', { timeout: 300_000 }, ({ node, flags, runtime }) => {
  it.each(counts)('passes with $threads', ({ threads, backend }) => {
    const { claims, environment, totals } = conformance(node(), backend, ...flags)
    expect(environment.runtime).toContain(runtime)
    expect(claims.description).toMatch(new RegExp(`SIMD, ${threads}$`))
    expect(totals.pass).toBeGreaterThan(1300)
  })
})
