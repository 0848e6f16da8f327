import type { SoftmaxKernel } from '@sconce/backend'
import type { Program } from '../engine.ts'
import { FloatRow, Rows, sumOf } from './rows.ts'

const [rowOfX, rowOfG] = [new FloatRow(), new FloatRow()]

/** Softmax of the first `n` values, in place. */
export function softmaxRow(row: Float64Array, n: number): void {
  const peak = peakOf(row, n)
  for (let i = 0; i < n; i++) row[i] = Math.exp(row[i] - peak)
  const sum = sumOf(row, n)
  for (let i = 0; i < n; i++) row[i] /= sum
}

function logSoftmaxRow(row: Float64Array, n: number): void {
  const peak = peakOf(row, n)
  let sum = 0
  for (let i = 0; i < n; i++) {
    row[i] -= peak
    sum += Math.exp(row[i])
  }
  const log = Math.log(sum)
  for (let i = 0; i < n; i++) row[i] -= log
}

function peakOf(row: Float64Array, n: number): number {
  let peak = Number.NEGATIVE_INFINITY
  for (let i = 0; i < n; i++) peak = Math.max(peak, row[i])
  return peak
}

/** (Log-)softmax of rows in double, and its backward. */
export function softmaxProgram({ log, backward }: SoftmaxKernel): Program {
  if (!backward) {
    return ([x], [y]) => {
      const rows = new Rows([x, y], 1)
      const n = rows.length(0)
      const row = rowOfX.of(n)
      const finish = log ? logSoftmaxRow : softmaxRow
      rows.each(() => {
        rows.read(0, row)
        finish(row, n)
        rows.write(1, row)
      })
    }
  }
  return ([gy, y], [gx]) => {
    const rows = new Rows([gy, y, gx], 1)
    const n = rows.length(0)
    const [g, row] = [rowOfG.of(n), rowOfX.of(n)]
    rows.each(() => {
      rows.read(0, g)
      rows.read(1, row)
      if (log) {
        const sum = sumOf(g, n)
        for (let i = 0; i < n; i++) g[i] -= Math.exp(row[i]) * sum
      } else {
        for (let i = 0; i < n; i++) g[i] *= row[i]
        const sum = sumOf(g, n)
        for (let i = 0; i < n; i++) g[i] -= row[i] * sum
      }
      rows.write(2, g)
    })
  }
}
