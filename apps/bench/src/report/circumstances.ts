import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { median } from '../timing/statistics.ts'
import type { Circumstances } from './result.ts'

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return ''
  }
}

/** The commit, with a `+` where files have been changed since. */
function commit(): string {
  const hash = git('rev-parse', '--short', 'HEAD')
  if (hash === '') return 'unknown'
  return git('status', '--porcelain', '--untracked-files=no') === '' ? hash : `${hash}+`
}

/** Nanoseconds for a fixed piece of work: small objects, floating point, a table of strings. */
function calibrate(): number {
  const table = new Map<string, number>([
    ['a', 1],
    ['b', 2],
  ])
  const piece = (): number => {
    let sum = 0
    for (let i = 0; i < 1000; i++) {
      const point = { x: i * 0.5, name: i % 2 === 0 ? 'a' : 'b' }
      sum += point.x * (table.get(point.name) ?? 0)
    }
    return sum
  }
  const times: number[] = []
  for (let block = 0; block < 40; block++) {
    const start = performance.now()
    for (let i = 0; i < 20; i++) piece()
    times.push(((performance.now() - start) / 20) * 1e6)
  }
  return median(times.slice(20))
}

/** Where and when this process runs. */
export const circumstances = (): Circumstances => ({
  commit: commit(),
  date: new Date().toISOString(),
  runtime: `Node ${process.versions.node} (V8 ${process.versions.v8.split('.').slice(0, 2).join('.')})`,
  processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  calibration: calibrate(),
})
