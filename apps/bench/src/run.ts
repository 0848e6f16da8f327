import { writeFileSync } from 'node:fs'
import { readOptions } from './options.ts'
import { circumstances } from './report/circumstances.ts'
import { appendHistory, comparison, earlier, readHistory } from './report/history.ts'
import { page } from './report/page.ts'
import type { Result } from './report/result.ts'
import { table } from './report/table.ts'
import { suites } from './suites/index.ts'

const options = readOptions(process.argv.slice(2))
const { suite, only, contestants, measure, isolated } = options
const progress = (text: string): void => console.error(text)
const where = circumstances()
const findings = await suites[suite]({ only, contestants, measure, isolated, progress })
const result: Result = { ...where, suite, ...findings }

console.log(table(result))
if (options.json) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`)
if (options.html) writeFileSync(options.html, page(result))
if (options.history) {
  const before = earlier(readHistory(options.history), result, options.against)
  if (before) console.log(`\n${comparison(before, result)}`)
  appendHistory(options.history, result)
}
// Workers and loops of the peers would keep the process alive.
process.exit()
