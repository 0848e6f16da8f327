/** Line search for the strong Wolfe conditions, after Schmidt's minFunc, as in PyTorch. */
import type { Tensor } from '@sconce/core'

/** Loss and gradient at a point, and the slope along the direction. */
export interface Evaluation {
  readonly loss: number
  readonly gradient: Tensor
  readonly slope: number
}

/** An evaluation with how far along the direction it is. */
interface Point extends Evaluation {
  readonly length: number
}

/** Sufficient decrease and curvature. */
const C1 = 1e-4
const C2 = 0.9
const MOST_ITERATIONS = 25

/** Rounds to the dtype of the parameters: PyTorch computes with tensors of one element. */
type Round = (x: number) => number

/** The minimum of the cubic through two points with their slopes, within bounds. */
function cubicMinimum(a: Point, b: Point, low: number, high: number, round: Round): number {
  const [x, y] = a.length <= b.length ? [a, b] : [b, a]
  const rise = round((3 * (a.loss - b.loss)) / (a.length - b.length))
  const d1 = round(round(a.slope + b.slope) - rise)
  const square = round(round(d1 ** 2) - round(a.slope * b.slope))
  // Also where it is no number.
  if (!(square >= 0)) return round((low + high) / 2)
  const d2 = round(Math.sqrt(square))
  const above = round(round(y.slope + d2) - d1)
  const below = round(round(y.slope - x.slope) + 2 * d2)
  const at = round(y.length - round((y.length - x.length) * round(above / below)))
  return Math.min(Math.max(at, low), high)
}

/** What was found, and at the price of how many evaluations. */
export interface Found extends Evaluation {
  readonly length: number
  readonly evaluations: number
}

/**
 * A length for which the strong Wolfe conditions hold, or the best that was found.
 * @param at evaluates at a length
 * @param start the evaluation at length 0
 * @param first the length to try first
 * @param extent the largest element of the direction
 */
export function strongWolfe(
  at: (length: number) => Evaluation,
  start: Evaluation,
  first: number,
  extent: number,
  toleranceChange: number,
  round: Round,
): Found {
  let evaluations = 0
  const evaluate = (length: number): Point => {
    evaluations++
    return { ...at(length), length }
  }
  const enough = (p: Point): boolean =>
    !(p.loss > round(start.loss + round(round(C1 * p.length) * start.slope)))
  const flat = (p: Point): boolean => Math.abs(p.slope) <= round(-C2 * start.slope)
  const origin: Point = { ...start, length: 0 }
  let before = origin
  let point = evaluate(first)
  let iteration = 0
  let bracket: Point[] = []
  let done = false
  while (iteration < MOST_ITERATIONS) {
    if (!enough(point) || (iteration > 1 && point.loss >= before.loss)) {
      bracket = [before, point]
      break
    }
    if (flat(point)) {
      bracket = [point]
      done = true
      break
    }
    if (point.slope >= 0) {
      bracket = [before, point]
      break
    }
    const least = round(point.length + round(0.01 * (point.length - before.length)))
    const next = cubicMinimum(before, point, least, round(point.length * 10), round)
    before = point
    point = evaluate(next)
    iteration++
  }
  if (iteration === MOST_ITERATIONS) bracket = [origin, point]
  let low = bracket.length < 2 || bracket[0].loss <= bracket[1].loss ? 0 : 1
  let stuck = false
  while (!done && iteration < MOST_ITERATIONS) {
    const lengths = bracket.map(({ length }) => length)
    const [least, most] = [Math.min(...lengths), Math.max(...lengths)]
    if ((most - least) * extent < toleranceChange) break
    let length = cubicMinimum(bracket[0], bracket[1], least, most, round)
    // Near an end of the bracket for the second time: well inside instead.
    const margin = round(0.1 * (most - least))
    if (Math.min(most - length, length - least) < margin) {
      if (stuck || length >= most || length <= least) {
        length =
          Math.abs(length - most) < Math.abs(length - least)
            ? round(most - margin)
            : round(least + margin)
        stuck = false
      } else stuck = true
    } else stuck = false
    point = evaluate(length)
    iteration++
    const high = 1 - low
    if (!enough(point) || point.loss >= bracket[low].loss) {
      bracket[high] = point
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1
    } else {
      if (flat(point)) done = true
      else if (point.slope * (bracket[high].length - bracket[low].length) >= 0)
        bracket[high] = bracket[low]
      bracket[low] = point
    }
  }
  return { ...bracket[low], evaluations }
}
