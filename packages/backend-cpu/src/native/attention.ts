import type { AttentionKernel, Operand } from '@sconce/backend'
import { floats, valueReader, valueWriter } from '../elements.ts'
import type { Program } from '../engine.ts'
import type { Side } from '../gemm/arithmetic.ts'
import { clear, floatMultiplier, Offsets } from '../gemm/multiply.ts'
import { dataOf } from '../memory.ts'
import { eachIndex, startAt } from './batch.ts'
import { FloatRow } from './rows.ts'
import { softmaxRow } from './softmax.ts'
import { type Tools, withScratch } from './tools.ts'

/** Queries whose scores are held at a time: those of all are never in memory together. */
const blockRows = 64

/** Tables that all calls share: they are filled anew for each. */
const tables = Array.from({ length: 10 }, () => new Offsets())
const maskRow = new FloatRow()

/** Scaled dot-product attention, in double, one block of queries after the other. */
export function attentionProgram({ dtype, causal }: AttentionKernel, tools: Tools): Program {
  const multiplier = floatMultiplier(dtype)
  const [read, write] = [valueReader(dtype), valueWriter(dtype)]

  /** The product of two sides, as a matrix without gaps. */
  const multiply = (a: Side, b: Side, m: number, n: number, k: number, data: Float64Array) => {
    clear(data, m * n)
    const [outer, inner] = [tables[7].linear(m, n), tables[8].linear(n, 1)]
    multiplier.run(a, b, m, n, k, (c, row, rows, column, columns, ld) =>
      multiplier.arithmetic.add(c, rows, columns, ld, { data, base: 0, outer, inner, row, column }),
    )
  }

  return ([q, k, v, mask], [out], scalars) => {
    const batch = out.shape.length - 2
    const [l, s] = [q.shape[batch], k.shape[batch]]
    const [e, f] = [q.shape[batch + 1], v.shape[batch + 1]]
    const linear = (table: number, o: Operand, d: number) =>
      tables[table].linear(o.shape[batch + d], o.strides[batch + d])
    const [queries, ofQuery] = [linear(0, q, 0), linear(1, q, 1)]
    const [keys, ofKey] = [linear(2, k, 0), linear(3, k, 1)]
    const [columns, values] = [linear(4, v, 1), linear(5, v, 0)]
    const scoreRows = tables[6].linear(Math.min(blockRows, l), s)
    const scoreColumns = tables[9].linear(s, 1)
    const masked = maskRow.of(s)

    /** Turns the products of query `i` with all keys into weights. */
    const weigh = (row: Float64Array, i: number, maskStart: number) => {
      if (mask) {
        const from = maskStart + i * mask.strides[batch]
        read(dataOf(mask.buffer), from, mask.strides[batch + 1], masked, s)
        for (let j = 0; j < s; j++) row[j] = row[j] * scalars[0] + masked[j]
      } else {
        for (let j = 0; j < s; j++) row[j] *= scalars[0]
      }
      if (causal) row.fill(Number.NEGATIVE_INFINITY, i + 1)
      softmaxRow(row, s)
    }

    const wanted = [
      ['float64', blockRows * s],
      ['float64', blockRows * f],
    ] as const
    withScratch(tools, wanted, (scoreBuffer, resultBuffer) => {
      const [scores, results] = [floats(scoreBuffer.data), floats(resultBuffer.data)]
      const side = (o: Operand, base: number, outer: Int32Array, inner: Int32Array): Side => ({
        data: dataOf(o.buffer),
        base,
        outer,
        inner,
      })
      const block = (index: readonly number[], first: number, rows: number) => {
        const query = startAt(q, index) + first * q.strides[batch]
        const ofQueries = side(q, query, queries, ofQuery)
        multiply(ofQueries, side(k, startAt(k, index), keys, ofKey), rows, s, e, scores)
        const maskStart = mask ? startAt(mask, index) : 0
        for (let r = 0; r < rows; r++) {
          weigh(scores.subarray(r * s, (r + 1) * s), first + r, maskStart)
        }
        const weights = { data: scores, base: 0, outer: scoreRows, inner: scoreColumns }
        multiply(weights, side(v, startAt(v, index), columns, values), rows, f, s, results)
        const to = startAt(out, index)
        for (let r = 0; r < rows; r++) {
          const row = to + (first + r) * out.strides[batch]
          write(dataOf(out.buffer), row, out.strides[batch + 1], results, f, r * f)
        }
      }
      eachIndex(out.shape, batch, (index) => {
        for (let first = 0; first < l; first += blockRows) {
          block(index, first, Math.min(blockRows, l - first))
        }
      })
    })
  }
}
