import { escape as escapeXml } from 'html-escaper'
import { groupBy } from './group.ts'
import type { Report } from './report.ts'
import { failures, isFailing, type Result } from './result.ts'

/** XML 1.0 has no way to write most control characters, nor halves of surrogate pairs. */
const writable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are meant
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')

const attributes = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(writable(`${value}`))}"`)
    .join('')

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3)

/** What JUnit calls the statuses that are not a pass. */
function outcome({ status, message }: Result): string {
  if (status === 'pass') return ''
  const tag = isFailing(status) ? (status === 'error' ? 'error' : 'failure') : 'skipped'
  const text = status === 'fail' || status === 'error' ? message : `${status}: ${message}`
  // Line breaks do not survive in an attribute.
  const head = attributes({ message: text.split('\n', 1)[0] })
  return `<${tag}${head}>${escapeXml(writable(text))}</${tag}>`
}

/**
 * The report as JUnit XML, for tools that show test results. One `testsuite` per op; blocked, unclaimed
 * and known failures are `skipped`, with the reason.
 */
export function toJUnit({ backend, results, milliseconds, totals }: Report): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>']
  const total = { tests: results.length, failures: failures(totals) - totals.error }
  lines.push(
    `<testsuites${attributes({ name: `conformance ${backend}`, ...total, errors: totals.error, time: seconds(milliseconds) })}>`,
  )
  for (const [op, members] of groupBy(results, ({ op }) => op)) {
    const count = (test: (result: Result) => boolean) => members.filter(test).length
    lines.push(
      ` <testsuite${attributes({
        name: op,
        tests: members.length,
        failures: count(({ status }) => isFailing(status) && status !== 'error'),
        errors: count(({ status }) => status === 'error'),
        skipped: count(({ status }) => status !== 'pass' && !isFailing(status)),
        time: seconds(members.reduce((sum, result) => sum + result.milliseconds, 0)),
      })}>`,
    )
    for (const result of members) {
      const head = attributes({
        name: result.id,
        classname: `${backend}.${op}`,
        time: seconds(result.milliseconds),
      })
      const inner = outcome(result)
      lines.push(inner ? `  <testcase${head}>${inner}</testcase>` : `  <testcase${head}/>`)
    }
    lines.push(' </testsuite>')
  }
  lines.push('</testsuites>', '')
  return lines.join('\n')
}
