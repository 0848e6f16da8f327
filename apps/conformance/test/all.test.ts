import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeReport, parseReport, type Result, toJson } from '@sconce/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Command } from '../src/all/child.ts'
import { readAllOptions } from '../src/all/options.ts'
import { type AllServices, runAll } from '../src/all/run-all.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'all-'))
})
afterAll(() => rm(folder, { recursive: true }))

const result = (id: string, status: Result['status']): Result => ({
  ...{ id, op: 'add', level: 2, status, dtype: 'float32' },
  ...{ ulp: 1, message: status, milliseconds: 1 },
})

const results: Record<string, Result[]> = {
  good: [result('add/1', 'pass'), result('add/2', 'knownFailure')],
  bad: [result('add/1', 'fail'), result('add/2', 'unclaimed')],
}

/** A kit that knows what comes of each backend, and leaves out those that it does not. */
function kit() {
  const calls: string[][] = []
  const command: Command = async (args) => {
    calls.push([...args])
    const backend = args[args.indexOf('--backend') + 1]
    if (!(backend in results)) return { status: 2, error: `${backend}: no card (buy one)` }
    const report = makeReport({
      ...{ backend, golden: 'shipped', started: '2024-01-02T03:04:05Z', milliseconds: 5 },
      environment: { runtime: 'somewhere' },
      ...{ versions: { torch: '1.13.0' }, knownFailures: {}, results: results[backend] },
      claims: { dtypes: {}, native: ['map', 'reduce', 'scatter', 'sort'], description: 'a card' },
    })
    await writeFile(args[args.indexOf('--json') + 1], toJson(report))
    return { status: backend === 'bad' ? 1 : 0, error: '' }
  }
  return { calls, command }
}

const targets: AllServices['targets'] = [
  { name: 'good', place: 'Node', backend: 'good' },
  { name: 'bad', place: 'Chromium', backend: 'bad', knownFailures: 'list.json' },
]

async function all(args: string[], change: Partial<AllServices> = {}) {
  const out: string[] = []
  const { calls, command } = kit()
  const readme = join(folder, 'README.md')
  await writeFile(
    readme,
    'before\n<!-- conformance: begin -->\nold\n<!-- conformance: end -->\nafter\n',
  )
  const status = await runAll(readAllOptions(['--all', ...args]), {
    targets: [...targets, { name: 'absent', place: 'Chromium', backend: 'absent' }],
    skipped: [{ name: 'bad', place: 'Node', reason: 'there is no canvas (open a browser)' }],
    ...{ command, readme, summary: join(folder, 'summary.json') },
    out: (text) => out.push(text),
    ...change,
  })
  return { status, calls, out: out.join(''), readme: () => readFile(readme, 'utf8') }
}

const table = `\
| backend | where | level | passed | failed | blocked | known failures | unclaimed | native kernels |
| --- | --- | --: | --: | --: | --: | --: | --: | --- |
| good | Node | 2 | 1 | 0 | 0 | 1 | 0 | 3 + sort |
| bad | Chromium | none | 0 | 1 | 0 | 0 | 1 | 3 + sort |

Compared with results recorded from PyTorch 1.13.0. Made by \`npm run conformance -- --all --readme\`.
bad is not run in Node: there is no canvas (open a browser).
absent is not run in Chromium: absent: no card (buy one).`

describe('the run over everything', () => {
  it('runs each target by the contract of the kit, and sums up', async () => {
    const { status, calls, out } = await all(['--only', 'add*', '--timeout', '5'])
    const passed = ['--no-progress', '--only', 'add*', '--timeout', '5']
    const json = ['--json', expect.stringMatching(/json$/)]
    expect(calls).toEqual([
      ['--backend', 'good', ...json, ...passed],
      ['--backend', 'bad', ...json, ...passed, '--browser', '--known-failures', 'list.json'],
      ['--backend', 'absent', ...json, ...passed, '--browser'],
    ])
    expect(status).toBe(1)
    expect(out).toContain(table)
    expect(out.endsWith('\nconformance of 2 runs: 1 passed, 1 failed\n')).toBe(true)
  })

  it('succeeds only if everything was run, and nothing failed', async () => {
    expect((await all(['--backend', 'good'])).status).toBe(0)
    expect((await all(['--backend', 'good', '--backend', 'absent'])).status).toBe(1)
    expect((await all(['--in', 'Chromium', '--backend', 'absent'])).status).toBe(2)
  })

  it('writes one report of all', async () => {
    const file = (name: string) => join(folder, name)
    await all(['--json', file('a.json'), '--html', file('a.html'), '--markdown', file('deep/a.md')])
    const { format, summary, reports } = JSON.parse(await readFile(file('a.json'), 'utf8'))
    expect(format).toBe('sconce-conformance-all-1')
    expect(summary.rows.map(({ backend }: { backend: string }) => backend)).toEqual(['good', 'bad'])
    // Each of them is a report that the kit reads, as a baseline for example.
    const read = parseReport(JSON.stringify(reports[1]))
    expect([read.backend, read.totals.fail]).toEqual(['bad in Chromium', 1])
    const page = await readFile(file('a.html'), 'utf8')
    expect(page).toContain('<th colspan="1">good in Node</th><th colspan="1">bad in Chromium</th>')
    const text = await readFile(file('deep/a.md'), 'utf8')
    expect(text.startsWith(table)).toBe(true)
    expect(text).toContain('good in Node float32')
  })

  it('writes the table of the README, and the summary that it is made of', async () => {
    const { readme } = await all(['--readme'], { targets })
    const complete = table.slice(0, table.lastIndexOf('\n'))
    expect(await readme()).toBe(
      `before\n<!-- conformance: begin -->\n${complete}\n<!-- conformance: end -->\nafter\n`,
    )
    const summary = JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8'))
    expect(summary.rows[0]).toEqual({
      ...{ backend: 'good', where: 'Node', level: 2, passed: 1, failed: 0, blocked: 0 },
      ...{ knownFailures: 1, unclaimed: 0, native: ['map', 'reduce', 'scatter', 'sort'] },
    })
  })
})

describe('the README', () => {
  it('keeps the rows of backends that are not run', async () => {
    await rm(join(folder, 'summary.json'), { force: true })
    await all(['--readme'], { targets })
    await all(['--readme', '--backend', 'bad'], { targets: [...targets].reverse() })
    const { rows } = JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8'))
    expect(rows.map((row: { backend: string }) => row.backend)).toEqual(['bad', 'good'])
    await all(['--readme', '--backend', 'bad'], { targets: [targets[1]] })
    const { readme } = await all(['--readme', '--backend', 'bad'], { targets: [targets[1]] })
    expect(await readme()).not.toContain('| good |')
  })

  it('stays as it was where something could not be run', async () => {
    const { readme, out } = await all(['--readme'])
    expect(await readme()).toContain('old')
    expect(out).toContain('The README is as it was: not everything was run.')
  })
})

describe('arguments', () => {
  it.each([
    [['--in', 'Mars'], '--in takes Node or Chromium'],
    [['--readme', '--only', 'add'], 'it goes with no choice of them'],
    [['--fast'], "Unknown option '--fast'"],
  ])('%j are refused', (args, message) => {
    expect(() => readAllOptions(args)).toThrow(message)
  })
})
