import { makeReport, type Report, type ReportFacts } from '../../src/report/report.ts'
import type { Result } from '../../src/report/result.ts'

export const result = (fields: Partial<Result> & { readonly id: string }): Result => ({
  op: fields.id.split('/')[0],
  level: 2,
  status: 'pass',
  dtype: 'float32',
  ulp: null,
  message: '',
  milliseconds: 1,
  ...fields,
})

export const report = (results: Result[], facts: Partial<ReportFacts> = {}): Report =>
  makeReport({
    backend: 'toy',
    golden: 'shipped',
    started: '2024-05-01T12:00:00.000Z',
    milliseconds: 1500,
    environment: { runtime: 'Node 20.0.0' },
    versions: { torch: '1.13.0' },
    knownFailures: {},
    results,
    ...facts,
  })

/** One of everything. */
export const sample = report(
  [
    result({ id: 'read/1', op: 'storage', level: 0 }),
    result({ id: 'add/1', ulp: 1, kernels: 'native' }),
    result({ id: 'add/2', ulp: 70000, status: 'fail', message: 'expected 1 | 2,\ngot <3> & "4"' }),
    result({ id: 'add/3', dtype: 'float64', status: 'unclaimed', message: 'no float64' }),
    result({ id: 'mm/1', ulp: 4, kernels: 'native' }),
    result({ id: 'mm/2', ulp: 2, kernels: 'lowered' }),
    result({ id: 'mm/3', status: 'error', message: 'Error: \u0000 half \ud800' }),
    result({ id: 'svd/1', status: 'knownFailure', message: 'no pivoting (wrong)', level: 3 }),
    result({ id: 'svd/2', status: 'blocked', message: 'op/mm is broken: see mm/3', level: 3 }),
    result({ id: 'svd/3', status: 'timeout', message: 'took more than 9 ms', level: 3 }),
    result({ id: 'svd/4', status: 'unexpectedPass', dtype: undefined, level: 3 }),
  ],
  {
    knownFailures: { 'svd/1': 'no pivoting' },
    claims: {
      dtypes: {
        float32: { storage: true, arithmetic: true },
        float16: { storage: true, arithmetic: false },
        int64: { storage: false, arithmetic: false },
      },
      native: ['map', 'reduce'],
      description: 'a <toy>',
    },
  },
)
