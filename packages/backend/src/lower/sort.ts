import { type DType, isFloat } from '../dtype.ts'
import { type Expr, index, input, load, scalar } from '../expr.ts'
import type { SortKernel } from '../kernel.ts'
import { map } from '../kernels.ts'
import type { Operand } from '../layout.ts'
import { type Call, type Step, step, type Temporary } from './step.ts'

/** Whether key `a` comes strictly before key `b`; NaN is greater than everything. */
function precedes(a: Expr, b: Expr, descending: boolean): Expr {
  if (a.dtype === 'float16' || a.dtype === 'bfloat16') {
    return precedes(a.cast('float32'), b.cast('float32'), descending)
  }
  const [low, high] = descending ? [b, a] : [a, b]
  const less = low.lt(high)
  return isFloat(a.dtype) ? less.or(high.isnan().and(low.isnan().not())) : less
}

/**
 * Batcher's bitonic network on rows padded to a power of two. Comparing (key, position) pairs makes
 * it stable; padding has positions ≥ n and comes after everything.
 */
export function* lowerSort(
  kernel: SortKernel,
  { inputs, outputs }: Call,
  temporary: Temporary,
): Generator<Step> {
  const { dtype } = kernel
  const [source] = inputs
  const last = source.shape.length - 1
  const n = source.shape[last]
  let padded = 1
  while (padded < n) padded *= 2
  const shape = [...source.shape.slice(0, last), padded]
  const types: DType[] = [dtype, 'int32']
  const here = shape.map((_, d) => index(d))

  let from: Operand[] = types.map((t) => temporary(t, shape))
  let to: Operand[] = types.map((t) => temporary(t, shape))
  yield step(map([load(0, dtype, here), index(last)], [dtype]), [source], from)

  const [size, block, distance] = [scalar(0, 'int32'), scalar(1, 'int32'), scalar(2, 'int32')]
  const i = index(last)
  const partner = i.xor(distance)
  const elsewhere = here.map((c, d) => (d === last ? partner : c))
  const [key, position] = [input(2, dtype), input(3, 'int32')]
  const [otherKey, otherPosition] = [load(0, dtype, elsewhere), load(1, 'int32', elsewhere)]
  const [pad, otherPad] = [position.ge(size), otherPosition.ge(size)]
  const [first, second] = [
    precedes(key, otherKey, kernel.descending),
    precedes(otherKey, key, kernel.descending),
  ]
  const tie = position.lt(otherPosition)
  const before = pad.or(otherPad).where(tie, first.or(second.not().and(tie)))
  // The lower of a pair keeps the earlier element in an ascending block, the later in a descending.
  const keepsEarlier = i.lt(partner).eq(i.and(block).eq(0))
  const keep = keepsEarlier.eq(before)
  const compare = map(
    [keep.where(key, otherKey), keep.where(position, otherPosition)],
    [...types, ...types],
  )
  for (let k = 2; k <= padded; k *= 2) {
    for (let j = k / 2; j >= 1; j /= 2) {
      yield step(compare, [...from, ...from], to, [n, k, j])
      ;[from, to] = [to, from]
    }
  }

  yield step(map([load(0, dtype, here), load(1, 'int32', here)], types), from, outputs)
}
