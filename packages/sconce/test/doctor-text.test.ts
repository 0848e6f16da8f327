import { describe, expect, it } from 'vitest'
import { fastest, slowdown } from '../src/doctor/benchmark.ts'
import { type Findings, findingsText } from '../src/doctor/index.ts'

const timings = (matmul: number, map: number, tiny: number) => ({
  'matmul 256': matmul,
  'map 1M': map,
  'tiny op': tiny,
})

const all = [
  { name: 'gpu', timings: timings(1, 1, 0.064) },
  { name: 'host', timings: timings(8, 2, 0.001) },
]

describe('recommendation', () => {
  it('is by the geometric mean of how much slower than the fastest a backend is', () => {
    // (1 · 1 · 64)^⅓ and (8 · 2 · 1)^⅓
    expect(slowdown(all[0].timings, all)).toBeCloseTo(4, 10)
    expect(slowdown(all[1].timings, all)).toBeCloseTo(16 ** (1 / 3), 10)
    expect(fastest(all)).toBe('host')
    expect(fastest([])).toBeUndefined()
  })
})

const findings: Findings = {
  environment: { processors: '2', runtime: 'Node 20' },
  preferred: 'host',
  recommended: 'host',
  backends: [
    { name: 'absent', available: false, reason: 'there is no card', mend: 'buy one' },
    {
      name: 'gpu',
      available: true,
      description: 'A card, emulated',
      software: true,
      gpu: 'Card 9',
      limits: { maxLength: 16777216, MAX_TEXTURE_SIZE: 4096 },
      dtypes: ['float32', 'int32'],
      native: ['map'],
      readSync: 'stall',
      notes: ['subnormals become zero'],
      timings: all[0].timings,
    },
    {
      name: 'host',
      available: true,
      description: 'The processor',
      software: false,
      threads: 2,
      simd: 'relaxed SIMD',
      limits: { maxLength: 100 },
      dtypes: ['float32'],
      native: ['map'],
      readSync: 'free',
      notes: [],
      timings: all[1].timings,
    },
  ],
}

describe('the doctor as text', () => {
  it('is a table, what there is to know of each backend, and the times', () => {
    expect(findingsText(findings)).toBe(`processors: 2 · runtime: Node 20

backend  available  threads  SIMD          GPU     read at once
absent   no         –        –             –       –
gpu      by name    –        –             Card 9  stall
host     yes        2        relaxed SIMD  –       free

absent
  there is no card
  mend: buy one

gpu
  A card, emulated (software: used only when asked for by name)
  limits: maxLength 16,777,216, MAX_TEXTURE_SIZE 4,096
  dtypes: float32, int32
  note: subnormals become zero

host
  The processor
  limits: maxLength 100
  dtypes: float32

      matmul 256  map 1M   tiny op  over all
gpu   1.00 ms     1.00 ms  64.0 µs  4.00×
host  8.00 ms     2.00 ms  1.0 µs   2.52×

init() picks host.
Fastest here: await init('host')
`)
  })

  it('says so where nothing runs', () => {
    const nothing = { ...findings, backends: [findings.backends[0]] }
    expect(findingsText({ ...nothing, preferred: undefined, recommended: undefined })).toMatch(
      /\n\ninit\(\) finds no backend here\.\n$/,
    )
  })
})
