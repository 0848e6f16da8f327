import { type NormalizeKernel, type Operand, reducedRank } from '@sconce/backend'
import type { Program } from '../engine.ts'
import { FloatRow, Rows, sumOf } from './rows.ts'

const [rowOfX, rowOfWeight, rowOfBias, rowOfG, spare] = Array.from(
  { length: 5 },
  () => new FloatRow(),
)
const one = new Float64Array(1)

/** Normalisation of rows in double, and its backward. */
export function normalizeProgram(kernel: NormalizeKernel): Program {
  return kernel.backward ? backward(kernel) : forward(kernel)
}

/** A view of the one element that a row has of an operand with stride 0 along the trailing dims. */
function single(o: Operand, trailing: number): Operand {
  const kept = o.shape.length - trailing
  return { ...o, shape: o.shape.map((size, d) => (d < kept ? size : 1)) }
}

const forward =
  ({ weight, bias }: NormalizeKernel): Program =>
  (inputs, [y, mean, rstd], scalars) => {
    const trailing = reducedRank(mean)
    const rows = new Rows([y, ...inputs, single(mean, trailing), single(rstd, trailing)], trailing)
    const n = rows.length(0)
    const [x, w, b] = [rowOfX.of(n), rowOfWeight.of(n), rowOfBias.of(n)]
    const squares = spare.of(n)
    const first = 1 + inputs.length
    const readWeight = reading(rows, weight ? 2 : -1, w)
    const readBias = reading(rows, bias ? (weight ? 3 : 2) : -1, b)
    if (!weight) w.fill(1, 0, n)
    if (!bias) b.fill(0, 0, n)
    rows.each(() => {
      rows.read(1, x)
      readWeight()
      readBias()
      const center = sumOf(x, n) / n
      for (let i = 0; i < n; i++) {
        x[i] -= center
        squares[i] = x[i] * x[i]
      }
      const scale = 1 / Math.sqrt(sumOf(squares, n) / n + scalars[0])
      for (let i = 0; i < n; i++) x[i] = x[i] * scale * w[i] + b[i]
      rows.write(0, x)
      one[0] = center
      rows.write(first, one)
      one[0] = scale
      rows.write(first + 1, one)
    })
  }

/** What reads a row of weights: once, where all rows have the same. */
function reading(rows: Rows, k: number, into: Float64Array): () => void {
  if (k < 0) return () => {}
  if (!rows.isShared(k)) return () => rows.read(k, into)
  let known = false
  return () => {
    if (!known) rows.read(k, into)
    known = true
  }
}

const backward =
  ({ weight }: NormalizeKernel): Program =>
  ([gy, x, mean, rstd, ...weights], [gx]) => {
    const trailing = reducedRank(mean)
    const statistics = [single(mean, trailing), single(rstd, trailing)]
    const rows = new Rows([gx, gy, x, ...statistics, ...weights], trailing)
    const n = rows.length(0)
    const [g, normal, w] = [rowOfG.of(n), rowOfX.of(n), rowOfWeight.of(n)]
    const products = spare.of(n)
    const readWeight = reading(rows, weight ? 5 : -1, w)
    if (!weight) w.fill(1, 0, n)
    rows.each(() => {
      rows.read(1, g)
      rows.read(2, normal)
      readWeight()
      rows.read(3, one)
      const center = one[0]
      rows.read(4, one)
      const scale = one[0]
      for (let i = 0; i < n; i++) {
        g[i] *= w[i]
        normal[i] = (normal[i] - center) * scale
        products[i] = g[i] * normal[i]
      }
      const a = sumOf(g, n) / n
      const b = sumOf(products, n) / n
      for (let i = 0; i < n; i++) g[i] = scale * (g[i] - a - normal[i] * b)
      rows.write(0, g)
    })
  }
