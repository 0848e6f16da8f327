import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import { diffReports } from '../../src/report/diff.ts'
import { toHtml } from '../../src/report/html.ts'
import { toJUnit } from '../../src/report/junit.ts'
import { toMarkdown } from '../../src/report/markdown.ts'
import { cellText, matrixOf } from '../../src/report/matrix.ts'
import { report, result, sample } from './sample.ts'

const other = report([result({ id: 'add/1', ulp: 0 })], { backend: 'other' })

describe('the matrix', () => {
  test('has a row per op and a column per backend and dtype', () => {
    const { columns, rows } = matrixOf([sample, other])
    expect(columns).toEqual([
      { backend: 'toy', dtype: 'float32' },
      { backend: 'toy', dtype: 'float64' },
      { backend: 'toy', dtype: '–' },
      { backend: 'other', dtype: 'float32' },
    ])
    expect(rows.map(({ op }) => op)).toEqual(['add', 'mm', 'storage', 'svd'])
    const text = rows.map(({ cells }) => cells.map((cell) => cell && cellText(cell)))
    expect(text).toEqual([
      ['1/2 · 7.0e+4 ULP', 'unclaimed', undefined, '1/1 · 0 ULP'],
      ['2/3 · 4 ULP', undefined, undefined, undefined],
      ['1/1', undefined, undefined, undefined],
      ['0/3', undefined, '0/1', undefined],
    ])
  })

  test('shows the most serious status and where kernels ran', () => {
    const cells = matrixOf([sample]).rows.map(({ cells }) => cells[0])
    expect(cells.map((cell) => [cell?.status, cell?.kernels])).toEqual([
      ['fail', 'native'],
      ['error', 'mixed'],
      ['pass', undefined],
      ['timeout', undefined],
    ])
  })
})

describe('JUnit', () => {
  const parse = (xml: string) =>
    new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      isArray: (name) => name === 'testcase',
    }).parse(xml).testsuites

  test('counts and reasons are where tools look for them', () => {
    const xml = toJUnit(sample)
    expect(XMLValidator.validate(xml)).toBe(true)
    const { testsuite, ...totals } = parse(xml)
    expect(totals).toEqual({
      name: 'conformance toy',
      tests: '11',
      failures: '3',
      errors: '1',
      time: '1.500',
    })
    const [, add, mm, svd] = testsuite
    expect(add).toMatchObject({ name: 'add', tests: '3', failures: '1', errors: '0', skipped: '1' })
    expect(add.testcase[0]).toEqual({ name: 'add/1', classname: 'toy.add', time: '0.001' })
    expect(add.testcase[1].failure).toEqual({
      message: 'expected 1 | 2,',
      '#text': 'expected 1 | 2,\ngot <3> & "4"',
    })
    expect(add.testcase[2].skipped.message).toBe('unclaimed: no float64')
    expect(mm.testcase[2].error.message).toBe('Error: \ufffd half \ufffd')
    expect(svd).toMatchObject({ tests: '4', failures: '2', errors: '0', skipped: '2' })
    expect(svd.testcase[2].failure.message).toBe('timeout: took more than 9 ms')
  })
})

describe('Markdown', () => {
  test('has totals, levels, failures with reasons, and the matrix', () => {
    const text = toMarkdown([sample, other])
    const rows = text.split('\n').map((line) => line.replace(/ +/g, ' '))
    expect(rows).toContain('| toy | 0 | 4 | 1 | 1 | 1 | 1 | 1 | 1 | 1 |')
    expect(rows).toContain('| other | 2 | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |')
    expect(rows).toContain('| toy | 0 storage and layout | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 |')
    expect(rows).toContain('| toy | add/2 | fail | expected 1 \\| 2, got \\<3\\> & "4" |')
    expect(rows).toContain('| toy | svd/1 | knownFailure | no pivoting (wrong) |')
    expect(rows).toContain('| mm | 2/3 · 4 ULP mixed | | | |')
    expect(text).toContain('toy: a \\<toy\\> · Node 20.0.0 · torch 1.13.0')
    expect(text).not.toContain('baseline')
  })

  test('tells what changed', () => {
    const diff = diffReports(report([result({ id: 'add/2' }), result({ id: 'old' })]), sample)
    const rows = toMarkdown([sample], diff)
      .split('\n')
      .map((line) => line.replace(/ +/g, ' '))
    expect(rows).toContain('## Since the baseline')
    expect(rows).toContain('| add/2 | pass | fail | expected 1 \\| 2, got \\<3\\> & "4" |')
    expect(rows).toContain('| old | removed | | |')
    expect(rows).toContain('| mm/1 | | added | |')
    expect(toMarkdown([sample], diffReports(sample, sample))).toContain('No change.')
  })
})

describe('HTML', () => {
  const html = toHtml([sample, other])

  test('is one page that fetches nothing', () => {
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).not.toMatch(/\b(src|href)=|url\(|@import/)
    expect(html).toContain('<title>Conformance: toy, other</title>')
  })

  test('escapes what it shows', () => {
    expect(html).toContain('got &lt;3&gt; &amp; &quot;4&quot;')
    expect(html).toContain('a &lt;toy&gt;')
    expect(html).not.toContain('<toy>')
  })

  test('has the matrix, with backends over their dtypes', () => {
    expect(html).toContain('<th colspan="3">toy</th><th colspan="1">other</th>')
    expect(html).toContain(
      '<td class="fail" title="pass 1, fail 1">1/2 · 7.0e+4 ULP <i>native</i></td>',
    )
    expect(html).toContain('<td class="unclaimed" title="unclaimed 1">unclaimed</td>')
    expect(html).toContain('<summary class="blocked">blocked (1)</summary>')
  })

  test('says what the backend claims', () => {
    expect(html).toContain('<dt>dtypes</dt><dd>float32, float16 (storage)</dd>')
    expect(html).toContain('<dt>native kernels</dt><dd>map, reduce</dd>')
  })
})
