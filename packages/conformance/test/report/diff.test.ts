import { expect, test } from 'vitest'
import { diffReports, diffText } from '../../src/report/diff.ts'
import { report, result } from './sample.ts'

const baseline = report([
  result({ id: 'broke' }),
  result({ id: 'fixed', status: 'fail' }),
  result({ id: 'moved', status: 'unclaimed' }),
  result({ id: 'steady', status: 'fail' }),
  result({ id: 'rounding', ulp: 1 }),
  result({ id: 'near', ulp: 1 }),
  result({ id: 'removed' }),
])
const current = report([
  result({ id: 'broke', status: 'blocked', message: 'see fixed' }),
  result({ id: 'fixed' }),
  result({ id: 'moved', status: 'fail', message: 'wrong' }),
  result({ id: 'steady', status: 'fail', ulp: 100 }),
  result({ id: 'rounding', ulp: 4 }),
  result({ id: 'near', ulp: 3 }),
  result({ id: 'added' }),
])

test('changes are told by what they mean', () => {
  const diff = diffReports(baseline, current)
  expect(diff).toEqual({
    regressed: [{ id: 'broke', before: 'pass', after: 'blocked', message: 'see fixed' }],
    fixed: [{ id: 'fixed', before: 'fail', after: 'pass', message: '' }],
    changed: [{ id: 'moved', before: 'unclaimed', after: 'fail', message: 'wrong' }],
    lessExact: [{ id: 'rounding', before: 1, after: 4 }],
    added: ['added'],
    removed: ['removed'],
  })
  expect(diffText(diff)).toBe(
    '1 regressed, 1 fixed, 1 changed otherwise, 1 less exact, 1 added, 1 removed',
  )
})
