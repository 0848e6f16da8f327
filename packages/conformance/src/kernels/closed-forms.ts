/** The optional kinds as plain loops over row-major numbers, to compare with. */
import { elementCount, type kernels } from '@sconce/backend'
import { indices } from '@sconce/backend/reference'

type Numbers = readonly number[]
type Geometry = Parameters<typeof kernels.conv>[2]
type Mode = Parameters<typeof kernels.conv>[0]

/** `a [batch, m, k]` times `b [batch, k, n]`. */
export function matmulOf(
  a: Numbers,
  b: Numbers,
  [batch, m, k, n]: readonly [number, number, number, number],
): number[] {
  return [...indices([batch, m, n])].map(([s, i, j]) => {
    let sum = 0
    for (let l = 0; l < k; l++) sum += a[(s * m + i) * k + l] * b[(s * k + l) * n + j]
    return sum
  })
}

/** Shapes of the three arrays of a convolution. */
export interface ConvShapes {
  readonly x: Numbers
  readonly w: Numbers
  readonly y: Numbers
}

/** The shape of a convolution's output. */
export function convOutput(
  x: Numbers,
  w: Numbers,
  { stride, padding, dilation }: Geometry,
): number[] {
  const space = stride.map((s, d) =>
    Math.floor((x[d + 2] + 2 * padding[d] - dilation[d] * (w[d + 2] - 1) - 1) / s + 1),
  )
  return [x[0], w[0], ...space]
}

const flat = (shape: Numbers, index: Numbers): number =>
  index.reduce((place, i, d) => place * shape[d] + i, 0)

/** One pass of a convolution: (x, w) to y, (gy, w) to gx, or (x, gy) to gw. */
export function convOf(
  mode: Mode,
  first: Numbers,
  second: Numbers,
  { x, w, y }: ConvShapes,
  { stride, padding, dilation, groups }: Geometry,
): number[] {
  const to = mode === 'forward' ? y : mode === 'inputGradient' ? x : w
  const out = Array<number>(elementCount(to)).fill(0)
  for (const index of indices(y)) {
    const [n, co, ...place] = index
    const group = Math.floor(co / (w[0] / groups))
    for (const inner of indices(w.slice(1))) {
      const [ci, ...tap] = inner
      const from = place.map((p, d) => p * stride[d] - padding[d] + tap[d] * dilation[d])
      if (from.some((c, d) => c < 0 || c >= x[d + 2])) continue
      const i = flat(x, [n, group * w[1] + ci, ...from])
      const j = flat(w, [co, ...inner])
      const k = flat(y, index)
      if (mode === 'forward') out[k] += first[i] * second[j]
      else if (mode === 'inputGradient') out[i] += first[k] * second[j]
      else out[j] += first[i] * second[k]
    }
  }
  return out
}

/** Calls back with each row, and joins the answers. */
export const byRow = <T>(x: Numbers, length: number, row: (row: Numbers) => readonly T[]): T[] =>
  Array.from({ length: length === 0 ? 0 : x.length / length }, (_, r) =>
    row(x.slice(r * length, (r + 1) * length)),
  ).flat()

/** Running sums. */
export function sumsOf(row: Numbers): number[] {
  let total = 0
  return row.map((value) => {
    total += value
    return total
  })
}

/** Positions of the running extreme: the later one of equal ones. */
export function runningPositions(row: Numbers, op: 'min' | 'max'): number[] {
  let best = 0
  return row.map((value, i) => {
    if (op === 'min' ? value <= row[best] : value >= row[best]) best = i
    return best
  })
}

/** Positions in the order of a stable sort. */
export const sortedPositions = (row: Numbers, descending: boolean): number[] =>
  [...row.keys()].sort((i, j) => (descending ? row[j] - row[i] : row[i] - row[j]) || i - j)

/** A sum whose rounding errors are summed besides (Neumaier's): exact to the last bit or nearly so. */
export function exactSum(values: Iterable<number>): number {
  let [sum, rest] = [0, 0]
  for (const value of values) {
    const next = sum + value
    rest += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return sum + rest
}
