import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rowResult } from '../src/report/duel.ts'
import { duration, quantity, rate, times } from '../src/report/format.ts'
import { appendHistory, comparison, earlier, readHistory } from '../src/report/history.ts'
import { page } from '../src/report/page.ts'
import { logScale } from '../src/report/plot.ts'
import type { Result } from '../src/report/result.ts'
import { align, table } from '../src/report/table.ts'

const duels = [{ label: 'peers', ours: 'ours', peers: ['theirs', 'others'] }]
const measured = (ours: number[], theirs: number[], others: number[] = []) =>
  new Map([
    ['ours', { samples: ours, iterations: 2 }],
    ['theirs', { samples: theirs, iterations: 3 }],
    ['others', { samples: others, iterations: 1, error: 'no <kernel>' }],
  ])

const result: Result = {
  ...{ suite: 'kernels', commit: 'abc1234', date: '2024-01-02T03:04:05Z' },
  ...{ runtime: 'Node 20', processor: 'a processor', calibration: 100 },
  ...{ contestants: ['ours', 'theirs', 'others'], duels },
  rows: [
    rowResult({ name: 'sum', flops: 4e6 }, measured([2, 4, 3], [4, 8, 6]), duels),
    rowResult({ name: 'add 2×2' }, measured([0.001], [0.0005]), duels),
  ],
  figures: [{ name: 'programs', value: 3, unit: '', goal: 4 }],
}

describe('duels', () => {
  it('are against the best peer, by paired ratios', () => {
    const samples = measured([1, 10], [3, 30], [2, 30])
    const { duels: outcomes } = rowResult({ name: 'x' }, samples, duels)
    expect(outcomes.peers).toEqual({ ratio: 2.5, peer: 'others' })
  })

  it('are not held where nobody was timed', () => {
    expect(rowResult({ name: 'x' }, measured([1], []), duels).duels).toEqual({})
  })

  it('leave medians and reasons in the cells', () => {
    const [{ cells }] = result.rows
    expect(cells.ours).toEqual({
      median: 3,
      low: 2.5,
      high: 3.5,
      least: 2,
      rounds: 3,
      iterations: 2,
    })
    expect(cells.others).toEqual({ error: 'no <kernel>' })
  })
})

describe('format', () => {
  it('chooses units', () => {
    expect(duration(0.00098)).toBe('0.98 µs')
    expect(duration(0.0123)).toBe('12.3 µs')
    expect(duration(0.1)).toBe('0.10 ms')
    expect(duration(99.97)).toBe('100 ms')
    expect(duration(2500)).toBe('2.50 s')
    expect(times(1.666)).toBe('1.67×')
    expect(rate(2 * 512 ** 3, 10)).toBe('26.8 GFLOP/s')
    expect(quantity(1536, 'bytes')).toBe('1.54 KB')
    expect(quantity(-3e6, 'bytes gzip')).toBe('-3.00 MB gzip')
    expect(quantity(2.5, 'steps')).toBe('2.50 steps')
    expect(quantity(3, '')).toBe('3')
  })
})

describe('table', () => {
  it('aligns the first column to the left and the others to the right', () => {
    expect(
      align([
        ['', 'b'],
        ['long', '1'],
        ['x', '100'],
      ]),
    ).toBe('        b\nlong    1\nx     100')
  })

  it('prints medians, ratios, figures and failures', () => {
    expect(table(result)).toBe(
      [
        'kernels at abc1234, Node 20, a processor',
        '',
        '            ours   theirs  others  peers',
        'sum      3.00 ms  6.00 ms  failed  2.00×',
        'add 2×2  1.00 µs  0.50 µs  failed  0.50×',
        '',
        'peers: how many times as fast ours is as the best of theirs, others',
        '',
        'programs  3  at most 4',
        '',
        'failed:',
        '  others, sum: no <kernel>',
        '  others, add 2×2: no <kernel>',
      ].join('\n'),
    )
  })
})

describe('page', () => {
  const html = page(result)

  it('holds the tables, escaped, with who won', () => {
    expect(html).toContain(
      '<td title="2.50 ms to 3.50 ms, 3 rounds of 2, 1.33 GFLOP/s">3.00 ms</td>',
    )
    expect(html).toContain('<td title="no &lt;kernel&gt;">failed</td>')
    expect(html).toContain('<td class="won" title="against theirs">2.00×</td>')
    expect(html).toContain('<td class="lost" title="against theirs">0.50×</td>')
    expect(html).toContain('<tr><td>programs</td><td>3</td><td>at most 4</td></tr>')
  })

  it('plots a dot for every time, on a logarithmic scale', () => {
    expect(html.match(/<title>(ours|theirs): /g)).toHaveLength(4)
    const { ticks, at } = logScale([0.02, 5])
    expect(ticks).toEqual([0.01, 0.1, 1, 10])
    expect(at(0.01)).toBe(0)
    expect(at(1) - at(0.1)).toBeCloseTo(at(10) - at(1))
  })
})

describe('history', () => {
  const before: Result = {
    ...result,
    commit: 'old0001',
    rows: [
      // Ours took twice as long, but then so did the peer.
      rowResult({ name: 'sum' }, measured([6], [12]), duels),
      rowResult({ name: 'add 2×2' }, measured([0.004], []), duels),
    ],
    calibration: 200,
  }

  it('is a file that grows', () => {
    const folder = mkdtempSync(join(tmpdir(), 'history-'))
    try {
      const file = join(folder, 'history.jsonl')
      expect(readHistory(file)).toEqual([])
      appendHistory(file, before)
      appendHistory(file, result)
      expect(readHistory(file)).toEqual([before, result])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('finds the last run of another commit, or of the one asked for', () => {
    const other = { ...before, commit: 'old0002' }
    const list = [before, other, { ...before, suite: 'overhead', commit: 'x' }, result]
    expect(earlier(list, result)).toBe(other)
    expect(earlier(list, result, 'old0001')).toBe(before)
    expect(earlier([result], result)).toBeUndefined()
  })

  it('compares with the drift of the machine taken out', () => {
    expect(comparison(before, result)).toBe(
      [
        'speed at abc1234 against old0001 (2024-01-02T03:04:05Z)',
        '',
        '          ours',
        'sum      1.00×',
        'add 2×2  2.00×',
      ].join('\n'),
    )
  })
})
