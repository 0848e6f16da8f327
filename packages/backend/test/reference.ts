import type { ConvGeometry, ConvMode, ScanOp } from '../src/index.ts'
import { indices } from './toy-backend.ts'

/** The optional kernel kinds as plain loops over row-major arrays, to compare with. */

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

/** a [batch, m, k] × b [batch, k, n]. */
export function matmul(
  a: readonly number[],
  b: readonly number[],
  [batch, m, k, n]: readonly [number, number, number, number],
): number[] {
  const c: number[] = []
  for (let s = 0; s < batch; s++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let l = 0; l < k; l++) sum += a[(s * m + i) * k + l] * b[(s * k + l) * n + j]
        c.push(sum)
      }
    }
  }
  return c
}

/** Shapes of the three arrays of a convolution. */
export interface ConvShapes {
  readonly x: readonly number[]
  readonly w: readonly number[]
  readonly y: readonly number[]
}

export function convShapes(
  x: readonly number[],
  w: readonly number[],
  { stride, padding, dilation }: ConvGeometry,
): ConvShapes {
  const space = stride.map((s, d) =>
    Math.floor((x[d + 2] + 2 * padding[d] - dilation[d] * (w[d + 2] - 1) - 1) / s + 1),
  )
  return { x, w, y: [x[0], w[0], ...space] }
}

/** Calls back for every product of a convolution: positions in x, w and y. */
function products(
  { x, w, y }: ConvShapes,
  { stride, padding, dilation, groups }: ConvGeometry,
  callback: (x: number, w: number, y: number) => void,
): void {
  const flat = (shape: readonly number[], index: readonly number[]) =>
    index.reduce((at, i, d) => at * shape[d] + i, 0)
  for (const index of indices(y)) {
    const [n, co, ...at] = index
    const group = Math.floor(co / (w[0] / groups))
    for (const inner of indices(w.slice(1))) {
      const [ci, ...tap] = inner
      const from = at.map((p, d) => p * stride[d] - padding[d] + tap[d] * dilation[d])
      if (from.some((c, d) => c < 0 || c >= x[d + 2])) continue
      callback(flat(x, [n, group * w[1] + ci, ...from]), flat(w, [co, ...inner]), flat(y, index))
    }
  }
}

/** One pass of a convolution: (x, w) to y, (gy, w) to gx, or (x, gy) to gw. */
export function conv(
  mode: ConvMode,
  first: readonly number[],
  second: readonly number[],
  shapes: ConvShapes,
  geometry: ConvGeometry,
): number[] {
  const to = mode === 'forward' ? shapes.y : mode === 'inputGradient' ? shapes.x : shapes.w
  const out = Array<number>(size(to)).fill(0)
  products(shapes, geometry, (x, w, y) => {
    if (mode === 'forward') out[y] += first[x] * second[w]
    else if (mode === 'inputGradient') out[x] += first[y] * second[w]
    else out[w] += first[x] * second[y]
  })
  return out
}

/** Calls back with each row of `length`, and joins the answers. */
export const rows = (
  x: readonly number[],
  length: number,
  row: (row: number[]) => number[],
): number[] =>
  Array.from({ length: length === 0 ? 0 : x.length / length }, (_, r) =>
    row(x.slice(r * length, (r + 1) * length)),
  ).flat()

const scanOps: Record<ScanOp, (a: number, b: number) => number> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  min: (a, b) => (b <= a || b !== b ? b : a),
  max: (a, b) => (b >= a || b !== b ? b : a),
  logsumexp: (a, b) => {
    const m = Math.max(a, b)
    return Number.isFinite(m) ? m + Math.log(Math.exp(a - m) + Math.exp(b - m)) : m
  },
}

/** Running results of one row. */
export function scan(op: ScanOp, row: readonly number[]): number[] {
  const out: number[] = []
  row.forEach((v, i) => out.push(i === 0 ? v : scanOps[op](out[i - 1], v)))
  return out
}

/** Positions of the running extremes: ties go to the later one, NaN wins and stays. */
export function scanPositions(op: 'min' | 'max', row: readonly number[]): number[] {
  let best = 0
  return row.map((v, i) => {
    const b = row[best]
    if (v !== v || (b === b && (op === 'min' ? v <= b : v >= b))) best = i
    return best
  })
}

/** Positions that sort a row stably; NaN is greater than everything. */
export function order(row: readonly number[], descending: boolean): number[] {
  const compare = (a: number, b: number): number => {
    if (a !== a || b !== b) return Number(a !== a) - Number(b !== b)
    return a < b ? -1 : a > b ? 1 : 0
  }
  return row.map((_, i) => i).sort((i, j) => (descending ? -1 : 1) * compare(row[i], row[j]))
}

export function softmax(row: readonly number[], log: boolean): number[] {
  const peak = Math.max(...row)
  const sum = row.reduce((s, v) => s + Math.exp(v - peak), 0)
  return row.map((v) => (log ? v - peak - Math.log(sum) : Math.exp(v - peak) / sum))
}

/** From the gradient and the result of (log-)softmax to the gradient of its input. */
export function softmaxBackward(
  gy: readonly number[],
  y: readonly number[],
  log: boolean,
): number[] {
  const sum = gy.reduce((s, g, i) => s + (log ? g : g * y[i]), 0)
  return gy.map((g, i) => (log ? g - Math.exp(y[i]) * sum : y[i] * (g - sum)))
}

/** Mean and reciprocal deviation of a row. */
export function statistics(row: readonly number[], eps: number): { mean: number; rstd: number } {
  const mean = row.reduce((s, v) => s + v, 0) / row.length
  const variance = row.reduce((s, v) => s + (v - mean) ** 2, 0) / row.length
  return { mean, rstd: 1 / Math.sqrt(variance + eps) }
}

/** Gradient of a normalised row; `g` is the gradient times the weight. */
export function normalizeBackward(
  g: readonly number[],
  x: readonly number[],
  { mean, rstd }: { mean: number; rstd: number },
): number[] {
  const normal = x.map((v) => (v - mean) * rstd)
  const a = g.reduce((s, v) => s + v, 0) / g.length
  const b = g.reduce((s, v, i) => s + v * normal[i], 0) / g.length
  return g.map((v, i) => rstd * (v - a - normal[i] * b))
}

/** One head: q [l, e], k [s, e], v [s, f], mask [l, s]. */
export function attention(
  [q, k, v, mask]: readonly (readonly number[])[],
  [l, s, e, f]: readonly [number, number, number, number],
  scale: number,
  causal: boolean,
): number[] {
  const out: number[] = []
  for (let i = 0; i < l; i++) {
    const scores = Array.from({ length: s }, (_, j) => {
      if (causal && j > i) return Number.NEGATIVE_INFINITY
      let dot = 0
      for (let c = 0; c < e; c++) dot += q[i * e + c] * k[j * e + c]
      return dot * scale + (mask ? mask[i * s + j] : 0)
    })
    const weights = softmax(scores, false)
    for (let c = 0; c < f; c++) {
      out.push(weights.reduce((sum, w, j) => sum + w * v[j * f + c], 0))
    }
  }
  return out
}
