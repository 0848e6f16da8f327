import { describe, expect, test, vi } from 'vitest'
import { type Case, pass, type Suite } from '../src/case.ts'
import type { Result } from '../src/report/result.ts'
import { type Progress, type RunOptions, run } from '../src/runner.ts'

type Env = { readonly log: string[] }
type Fields = Partial<Case<Env>> & { readonly id: string }

const member = (fields: Fields): Case<Env> => ({
  op: fields.id.split('/')[0],
  level: 2,
  dtypes: ['float32'],
  run: ({ log }) => {
    log.push(fields.id)
    return pass()
  },
  ...fields,
})
const fails = (message = 'wrong') => ({ run: () => ({ status: 'fail', message }) as const })

const suiteOf = (cases: Fields[]): Suite<Env> => ({
  backend: 'toy',
  env: { log: [] },
  cases: cases.map(member),
  claims: (dtype) => dtype !== 'float64',
})

async function collect(suite: Suite<Env>, options?: RunOptions): Promise<Result[]> {
  const results: Result[] = []
  for await (const result of run(suite, options)) results.push(result)
  return results
}
const outcomes = async (cases: Fields[], options?: RunOptions) =>
  (await collect(suiteOf(cases), options)).map(({ id, status, message }) => [id, status, message])

test('a pass has its figures; the dtype is the only one of the case, or the one it names', async () => {
  const [one, several, named] = await collect(
    suiteOf([
      { id: 'add/1', run: () => ({ ...pass(3), kernels: 'native' }) },
      { id: 'add/2', dtypes: ['float32', 'int64'] },
      { id: 'add/3', dtypes: ['float32', 'int64'], dtype: 'int64' },
    ]),
  )
  expect(one).toEqual({
    id: 'add/1',
    op: 'add',
    level: 2,
    dtype: 'float32',
    status: 'pass',
    ulp: 3,
    message: '',
    kernels: 'native',
    milliseconds: expect.any(Number),
  })
  expect([several.dtype, named.dtype]).toEqual([undefined, 'int64'])
})

test('failures and errors are told apart; the run goes on', async () => {
  const throws = (error: unknown) => ({
    run: () => {
      throw error
    },
  })
  expect(
    await outcomes([
      { id: 'a', ...fails('expected 1, got 2') },
      { id: 'b', ...throws(new TypeError('no such op: b')) },
      { id: 'c', run: () => Promise.reject('text') },
      { id: 'd' },
    ]),
  ).toEqual([
    ['a', 'fail', 'expected 1, got 2'],
    ['b', 'error', 'TypeError: no such op: b'],
    ['c', 'error', 'text'],
    ['d', 'pass', ''],
  ])
})

test('what needs an unclaimed dtype is not run', async () => {
  const suite = suiteOf([{ id: 'a', dtypes: ['float64', 'int64'] }])
  const [result] = await collect(suite)
  expect(result).toMatchObject({ status: 'unclaimed', message: 'no float64' })
  expect(suite.env.log).toEqual([])
})

test('low levels run first, cases of a level in their order', async () => {
  const suite = suiteOf([
    { id: 'b', level: 3 },
    { id: 'z', level: 0 },
    { id: 'a', level: 3 },
    { id: 'c', level: 1 },
  ])
  await collect(suite)
  expect(suite.env.log).toEqual(['z', 'c', 'b', 'a'])
  await expect(outcomes([{ id: 'b', level: 3 }, { id: 'z' }], { levels: [3] })).resolves.toEqual([
    ['b', 'pass', ''],
  ])
})

describe('blocking', () => {
  const chain: Fields[] = [
    { id: 'read', level: 0, proves: ['storage'], ...fails() },
    { id: 'sum', level: 1, needs: ['storage'], proves: ['reduce'] },
    { id: 'mean', needs: ['reduce'] },
    { id: 'add', needs: ['map'] },
  ]

  test('spreads to all that stand on what is broken, and names the case that showed it', async () => {
    expect(await outcomes(chain)).toEqual([
      ['read', 'fail', 'wrong'],
      ['sum', 'blocked', 'storage is broken: see read'],
      ['mean', 'blocked', 'reduce is broken: see sum'],
      ['add', 'pass', ''],
    ])
  })

  test('what stands on a known failure is run, and is one itself if it fails', async () => {
    const cases = [chain[0], { ...chain[1], ...fails() }, chain[2]]
    const known = await outcomes(cases, { knownFailures: { read: 'the device lies' } })
    expect(known.map(([, status]) => status)).toEqual(['knownFailure', 'knownFailure', 'pass'])
    expect(known[1][2]).toBe(`${chain[1].needs?.[0]} is broken: see read (wrong)`)
  })

  test('what a case is seen to use blocks it too, if it fails', async () => {
    const observe = () => ({ used: ['storage'] })
    const cases = [chain[0], { id: 'x', observe }, { id: 'y', observe, ...fails() }]
    expect((await outcomes(cases)).map(([, status]) => status)).toEqual(['fail', 'pass', 'blocked'])
  })

  test('does not come from what is unclaimed', async () => {
    const unclaimed = await outcomes([{ ...chain[0], dtypes: ['float64'] }, chain[1]])
    expect(unclaimed.map(([, status]) => status)).toEqual(['unclaimed', 'pass'])
  })
})

describe('known failures', () => {
  test('have a reason, and must fail', async () => {
    const knownFailures = { 'svd/*': 'no pivoting', 'add/1': 'rounds down' }
    expect(
      await outcomes([{ id: 'svd/1', ...fails() }, { id: 'add/1' }, { id: 'add/2', ...fails() }], {
        knownFailures,
      }),
    ).toEqual([
      ['svd/1', 'knownFailure', 'no pivoting (wrong)'],
      ['add/1', 'unexpectedPass', 'passes, but is known to fail: rounds down'],
      ['add/2', 'fail', 'wrong'],
    ])
    await expect(outcomes([], { knownFailures: { 'a/1': ' ' } })).rejects.toThrow(
      'the known failure a/1 has no reason',
    )
  })

  test('that match nothing fail, whatever is selected', async () => {
    const cases = [{ id: 'a' }, { id: 'b/x*y', ...fails() }, { id: 'c' }]
    const knownFailures = { gone: 'r', 'none/*': 'r', 'b/x*y': 'r', 'c*': 'r' }
    expect(await outcomes(cases, { knownFailures, only: 'a' })).toEqual([
      ['known-failures/gone', 'fail', 'the known failure gone matches no case'],
      ['known-failures/none/*', 'fail', 'the known failure none/* matches no case'],
      ['a', 'pass', ''],
    ])
    expect(await outcomes(cases, { knownFailures, only: 'a', checkKnownFailures: false })).toEqual([
      ['a', 'pass', ''],
    ])
  })
})

describe('time limits', () => {
  test('end a case that hangs, and tell it', async () => {
    const aborted = vi.fn()
    const hangs: Fields = {
      id: 'hangs',
      run: (_, signal) => {
        signal.addEventListener('abort', aborted)
        return new Promise(() => {})
      },
    }
    expect(await outcomes([hangs, { id: 'next' }], { timeoutMilliseconds: 20 })).toEqual([
      ['hangs', 'timeout', 'took more than 20 ms'],
      ['next', 'pass', ''],
    ])
    expect(aborted).toHaveBeenCalledOnce()
  })

  test('hold for a case that never yields, and may be a case’s own', async () => {
    const busy = () => {
      const end = performance.now() + 30
      while (performance.now() < end);
      return pass()
    }
    expect(
      await outcomes(
        [
          { id: 'busy', run: busy },
          { id: 'patient', run: busy, timeoutMilliseconds: 10_000 },
        ],
        { timeoutMilliseconds: 10 },
      ),
    ).toEqual([
      ['busy', 'timeout', 'took more than 10 ms'],
      ['patient', 'pass', ''],
    ])
  })
})

describe('selection', () => {
  const cases = [
    { id: 'ops/linalg.det/1', op: 'linalg.det' },
    { id: 'ops/add/1', op: 'add' },
    { id: 'ops/T/1', op: 'T' },
    { id: 'ops/t/1', op: 't' },
  ]
  test.each([
    ['linalg.*', ['ops/linalg.det/1']],
    ['*add*', ['ops/add/1']],
    ['T', ['ops/T/1']],
    ['ops/t/1', ['ops/t/1']],
    [
      ['add', 'T'],
      ['ops/add/1', 'ops/T/1'],
    ],
    ['det', []],
  ])('%s', async (only, ids) => {
    expect((await outcomes(cases, { only })).map(([id]) => id)).toEqual(ids)
  })
})

test('progress counts the selected cases', async () => {
  const seen: Progress[] = []
  await outcomes([{ id: 'a' }, { id: 'b' }, { id: 'c' }], {
    only: ['a', 'b'],
    onProgress: (progress) => seen.push(progress),
  })
  expect(seen.map(({ done, total, result }) => [done, total, result.id])).toEqual([
    [1, 2, 'a'],
    [2, 2, 'b'],
  ])
})

test('timers get their turn between cases that do not yield', async () => {
  const busy = () => {
    const end = performance.now() + 20
    while (performance.now() < end);
    return pass()
  }
  const ticked = vi.fn()
  const timer = setInterval(ticked, 1)
  await outcomes(Array.from({ length: 8 }, (_, i) => ({ id: `${i}`, run: busy })))
  clearInterval(timer)
  expect(ticked).toHaveBeenCalled()
})

test('results come one by one: a reader may stop early', async () => {
  const suite = suiteOf([{ id: 'a' }, { id: 'b' }])
  for await (const result of run(suite)) {
    expect(result.id).toBe('a')
    break
  }
  expect(suite.env.log).toEqual(['a'])
})

test('ids are unique', async () => {
  await expect(outcomes([{ id: 'a' }, { id: 'a' }])).rejects.toThrow('two cases have the id a')
})
