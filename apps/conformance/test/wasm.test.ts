/**
 * The wasm backend where the whole kit is not run: on the newest Node, which has relaxed SIMD, in
 * Chromium, and in each with one thread and with two. A part of the kit, by the application itself.
 */
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { node26 } from './node-26.ts'
import { conformance } from './run.ts'

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

const environments = [
  { where: 'this Node', node: () => process.execPath, flags: [], runtime: process.versions.node },
  { where: 'Node 26', node: node26, flags: [], runtime: 'Node 26.' },
  { where: 'Chromium', node: () => process.execPath, flags: ['--browser'], runtime: 'Chrom' },
] as const

const counts = [
  { threads: '1 thread', backend: './backends/wasm-one-thread.ts' },
  { threads: '2 threads', backend: './backends/wasm-two-threads.ts' },
] as const

describe.each(environments)(
  'wasm in $where',
  { timeout: 1_300_000 },
  ({ node, flags, runtime }) => {
    it.each(counts)('passes with $threads', ({ threads, backend }) => {
      const { claims, environment, totals } = conformance(node(), pathOf(backend), part, flags)
      expect(environment.runtime).toContain(runtime)
      expect(claims.description).toMatch(new RegExp(`SIMD, ${threads}$`))
      expect(totals.pass).toBeGreaterThan(1300)
    })
  },
)
