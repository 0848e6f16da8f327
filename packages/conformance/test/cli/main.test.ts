import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Case, pass } from '../../src/case.ts'
import { type CliOptions, type CliServices, type Job, runCli } from '../../src/node.ts'
import { toJson } from '../../src/report/json.ts'
import { run } from '../../src/runner.ts'
import { report, result } from '../report/sample.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conformance-'))
})
afterAll(() => rm(folder, { recursive: true }))

const member = (id: string, run: Case<null>['run'] = () => pass(2)): Case<null> => ({
  id,
  op: id.split('/')[0],
  level: 2,
  dtypes: ['float32'],
  run,
})
const good = [member('add/1'), member('mul/1')]
const bad = [...good, member('sub/1', () => ({ status: 'fail', message: 'expected 1, got 2' }))]

const jobOf = (backend: string, cases: Case<null>[]): Pick<Job, 'backend' | 'run'> => ({
  backend,
  run: (options) => run({ backend, env: null, cases, claims: () => true }, options),
})

async function cli(argv: string[], cases = good, change: Partial<CliServices> = {}) {
  const [out, error, seen]: [string[], string[], CliOptions[]] = [[], [], []]
  const progress = new PassThrough()
  const status = await runCli(argv, {
    out: (text) => out.push(text),
    error: (text) => error.push(text),
    progress,
    async createJob(options) {
      seen.push(options)
      const golden = options.golden ?? 'shipped'
      return { ...jobOf(options.backend, cases), golden, versions: { torch: '1.13.0' } }
    },
    ...change,
  })
  const shown = `${progress.read() ?? ''}`
  return { status, out: out.join(''), error: error.join(''), options: seen[0], shown }
}

describe('the contract with other tools', () => {
  test('nothing failed: status 0, and the last line', async () => {
    const { status, out } = await cli(['--backend', 'toy'])
    expect(out).toBe('conformance toy: 2 passed, 0 failed, 0 unclaimed, level 2\n')
    expect(status).toBe(0)
  })

  test('something failed: status 1, told before the last line', async () => {
    const { status, out } = await cli(['--backend', 'toy'], bad)
    expect(out.split('\n')).toEqual([
      'fail sub/1: expected 1, got 2',
      'conformance toy: 2 passed, 1 failed, 0 unclaimed, level none',
      '',
    ])
    expect(status).toBe(1)
  })

  test('many failures are cut short', async () => {
    const cases = Array.from({ length: 40 }, (_, i) => member(`x/${i}`, bad[2].run))
    const lines = (await cli(['--backend', 'toy'], cases)).out.trim().split('\n')
    expect(lines.length).toBe(32)
    expect(lines[30]).toBe('… and 10 more')
  })

  test('options reach the job; the backend may be positional', async () => {
    const { options } = await cli(['./mine.js', '--golden', 'd', '--only', 'add', '--only', 'm*'])
    expect(options).toEqual({
      backend: './mine.js',
      golden: 'd',
      only: ['add', 'm*'],
      progress: true,
    })
    expect((await cli(['--backend', 'toy', '--timeout', '50'])).options.timeout).toBe(50)
  })

  test('--only selects', async () => {
    const { out, status } = await cli(['--backend', 'toy', '--only', 'add*'], bad)
    expect(out).toContain('1 passed, 0 failed')
    expect(status).toBe(0)
  })
})

describe('reports', () => {
  test('are written where they are wanted, folders made', async () => {
    const at = (name: string) => join(folder, 'deep', name)
    const read = (name: string) => readFile(at(name), 'utf8')
    await cli(
      ['--backend', 'toy', '--json', at('r.json'), '--html', at('r.html')].concat([
        '--junit',
        at('r.xml'),
        '--markdown',
        at('r.md'),
      ]),
      bad,
    )
    const json = JSON.parse(await read('r.json'))
    expect(json.totals).toMatchObject({ pass: 2, fail: 1, error: 0, unclaimed: 0, blocked: 0 })
    expect(json.results[2]).toMatchObject({ id: 'sub/1', op: 'sub', dtype: 'float32', ulp: null })
    expect(json).toMatchObject({ backend: 'toy', golden: 'shipped', level: null })
    expect(json.environment.runtime).toBe(`Node ${process.versions.node}`)
    expect(await read('r.html')).toContain('<th>sub</th>')
    expect(await read('r.xml')).toContain('<failure message="expected 1, got 2">')
    expect(await read('r.md')).toContain('| sub')
  })

  test('may be compared with a baseline and shown beside another backend', async () => {
    const [before, after] = [join(folder, 'before.json'), join(folder, 'after.md')]
    const earlier = report([result({ id: 'sub/1' }), result({ id: 'add/1' })], { backend: 'old' })
    await writeFile(before, toJson(earlier))
    const { out } = await cli(
      ['toy', '--baseline', before, '--beside', before, '--markdown', after],
      bad,
    )
    expect(out).toContain('since the baseline: 1 regressed, 0 fixed, 0 changed otherwise')
    const text = await readFile(after, 'utf8')
    expect(text).toContain('| op  | toy float32 | old float32 |')
  })
})

describe('known failures', () => {
  test('come from a file, and must match', async () => {
    const file = join(folder, 'known.json')
    await writeFile(file, JSON.stringify({ 'sub/*': 'rounds', 'div/1': 'gone' }))
    const { out, status } = await cli(['toy', '--known-failures', file], bad)
    expect(status).toBe(1)
    expect(out).toBe(
      'fail known-failures/div/1: the known failure div/1 matches no case\n' +
        '1 known failures\nconformance toy: 2 passed, 1 failed, 0 unclaimed, level none\n',
    )
  })

  test('written for the shipped results need not match in others', async () => {
    const createJob: CliServices['createJob'] = async () => ({
      ...jobOf('toy', good),
      golden: 'd',
      versions: {},
      knownFailures: { 'div/1': 'rounds' },
    })
    expect((await cli(['toy', '--golden', 'd'], good, { createJob })).status).toBe(0)
    expect((await cli(['toy'], good, { createJob })).status).toBe(1)
  })
})

describe('mistakes end with status 2 and a sentence', () => {
  test.each([
    [[], 'which backend? Say --backend <name>.'],
    [['a', '--backend', 'b'], 'two backends: a and b'],
    [['--backend', 'toy', '--colour'], "unknown option '--colour'"],
    [['--backend', 'toy', '--timeout', 'soon'], 'Expected a positive number.'],
    [['--backend', 'toy', '--only', 'nothing'], 'no case matches nothing'],
    [['--backend', 'toy', '--baseline', '/no/such/file'], 'ENOENT'],
  ])('%j', async (argv, message) => {
    const { status, error, out } = await cli(argv)
    expect(error).toContain(message)
    expect([status, out]).toEqual([2, ''])
  })

  test('a backend that does not load', async () => {
    const createJob = () => Promise.reject(new Error('threads are off: send the headers'))
    const { status, error } = await cli(['toy'], good, { createJob })
    expect([status, error]).toEqual([2, 'threads are off: send the headers\n'])
  })
})

test('help is no mistake', async () => {
  const { status, out } = await cli(['--help'])
  expect(out).toContain('Usage: conformance [options] [backend]')
  expect(status).toBe(0)
})

test('progress is shown, unless it is not wanted', async () => {
  const { shown } = await cli(['toy'], bad)
  expect(shown).toContain('| 3/3 | 1 failed |')
  expect((await cli(['toy', '--no-progress'], bad)).shown).toBe('')
})
