import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parseReport, toJson } from '../../src/report/json.ts'
import { type Level, levelOf, type Status, totalsOf } from '../../src/report/result.ts'
import { result, sample } from './sample.ts'

test('totals count every status', () => {
  expect(sample.totals).toEqual({
    pass: 4,
    fail: 1,
    error: 1,
    timeout: 1,
    unexpectedPass: 1,
    blocked: 1,
    knownFailure: 1,
    unclaimed: 1,
  })
  expect(Object.values(totalsOf([]))).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
})

describe('the level', () => {
  const reached = (...cases: [Level, Status][]) =>
    levelOf(cases.map(([level, status], i) => result({ id: `${i}`, level, status })))

  test('is the highest without a failure there or below', () => {
    expect(reached([0, 'pass'], [1, 'pass'], [2, 'fail'], [3, 'pass'])).toBe(1)
    expect(reached([0, 'pass'], [3, 'pass'])).toBe(3)
    expect(reached([0, 'pass'], [1, 'error'])).toBe(0)
    expect(reached([0, 'pass'], [1, 'blocked'])).toBe(0)
    expect(reached([0, 'pass'], [1, 'timeout'])).toBe(0)
    expect(reached([0, 'pass'], [1, 'pass'], [1, 'unexpectedPass'])).toBe(0)
  })

  test('is none where nothing passed or the lowest fails', () => {
    expect(reached()).toBeNull()
    expect(reached([0, 'fail'], [1, 'pass'])).toBeNull()
    expect(reached([2, 'unclaimed'])).toBeNull()
  })

  test('is not held back by known failures and what is unclaimed', () => {
    expect(reached([0, 'pass'], [0, 'knownFailure'], [1, 'pass'], [1, 'unclaimed'])).toBe(1)
    expect(reached([0, 'pass'], [1, 'unclaimed'], [2, 'pass'])).toBe(2)
    expect(reached([0, 'pass'], [5, 'knownFailure'])).toBe(0)
  })
})

describe('JSON', () => {
  const schemaFile = new URL('../../report.schema.json', import.meta.url)

  test('fits its schema and comes back as it was', async () => {
    const schema = JSON.parse(await readFile(schemaFile, 'utf8'))
    const ajv = new Ajv({ allErrors: true, formats: { 'date-time': true } })
    const validate = ajv.compile(schema)
    const json = JSON.parse(toJson(sample))
    expect([validate(json), validate.errors]).toEqual([true, null])
    expect(validate({ ...json, results: [{ ...json.results[0], status: 'skipped' }] })).toBe(false)
    expect(parseReport(toJson(sample))).toEqual(json)
    expect(json.results[1]).toEqual({
      id: 'add/1',
      op: 'add',
      level: 2,
      status: 'pass',
      dtype: 'float32',
      ulp: 1,
      message: '',
      milliseconds: 1,
      kernels: 'native',
    })
  })

  test('of another version is refused', () => {
    expect(() => parseReport('{"format": "other"}')).toThrow('format other')
  })
})
