import { type DType, dtypes } from '../dtype.ts'
import { acc, type Expr, index, input, scalar } from '../expr.ts'
import type { AttentionKernel, NormalizeKernel, SoftmaxKernel } from '../kernel.ts'
import { map, matmul, reduce, softmax } from '../kernels.ts'
import { elementCount, type Operand, reducedRank } from '../layout.ts'
import { type Call, type Step, step, type Temporary, view } from './step.ts'

/** A temporary with one element a row, seen as spanning the rows' shape. */
function perRow(
  temporary: Temporary,
  dtype: DType,
  shape: readonly number[],
  rank: number,
): Operand {
  const kept = shape.slice(0, shape.length - rank)
  const row = temporary(dtype, kept)
  return view(row, shape, [...row.strides, ...Array<number>(rank).fill(0)])
}

/** Sum of an expression over the row. */
const sumOf = (value: Expr, finish: (sum: Expr) => Expr = (s) => s, inputs?: readonly DType[]) =>
  reduce([{ op: 'sum', value }], [finish(acc(0, value.dtype))], inputs)

export function* lowerSoftmax(
  kernel: SoftmaxKernel,
  { inputs, outputs }: Call,
  temporary: Temporary,
): Generator<Step> {
  const { dtype, log } = kernel
  const { compute } = dtypes[dtype]
  const shape = inputs[0].shape
  const sum = perRow(temporary, compute, shape, 1)
  const row = (i: number) => input(i, compute)
  const element = (i: number) => input(i, dtype).cast(compute)
  if (kernel.backward) {
    const [gy, y] = [element(0), element(1)]
    yield step(sumOf(log ? gy : gy.mul(y), undefined, kernel.inputs), inputs, [sum])
    const gx = log ? gy.sub(y.exp().mul(row(2))) : y.mul(gy.sub(row(2)))
    yield step(map([gx.cast(dtype)]), [...inputs, sum], outputs)
    return
  }
  const peak = perRow(temporary, compute, shape, 1)
  const x = element(0)
  yield step(reduce([{ op: 'max', value: x }], [acc(0, compute)]), inputs, [peak])
  const shifted = x.sub(row(1))
  yield step(
    sumOf(shifted.exp(), (s) => (log ? s.log() : s)),
    [...inputs, peak],
    [sum],
  )
  const y = log ? shifted.sub(row(2)) : shifted.exp().div(row(2))
  yield step(map([y.cast(dtype)]), [...inputs, peak, sum], outputs)
}

export function* lowerNormalize(
  kernel: NormalizeKernel,
  { inputs, outputs, scalars }: Call,
  temporary: Temporary,
): Generator<Step> {
  const { dtype } = kernel
  const { compute } = dtypes[dtype]
  const element = (i: number) => input(i, dtype).cast(compute)
  const shape = outputs[0].shape
  const statistics = kernel.backward ? inputs[2] : outputs[1]
  const rank = reducedRank(statistics)
  const count = elementCount(shape.slice(shape.length - rank))
  const n = scalar(1, compute)
  const call = [scalars[0], count]
  if (kernel.backward) {
    const [gy, x, mean, rstd] = [element(0), element(1), element(2), element(3)]
    const g = kernel.weight ? gy.mul(element(4)) : gy
    const normal = x.sub(mean).mul(rstd)
    const sums = [g, g.mul(normal)].map((value) => ({ op: 'sum' as const, value }))
    const means = sums.map(() => perRow(temporary, compute, shape, rank))
    yield step(
      reduce(
        sums,
        sums.map((_, k) => acc(k, compute).div(n)),
        kernel.inputs,
      ),
      inputs,
      means,
      call,
    )
    const k = kernel.inputs.length
    const gx = rstd.mul(g.sub(input(k, compute)).sub(normal.mul(input(k + 1, compute))))
    yield step(map([gx.cast(dtype)]), [...inputs, ...means], outputs, call)
    return
  }
  const [y, mean, rstd] = outputs
  const [center, scale] = [0, 1].map(() => perRow(temporary, compute, shape, rank))
  const x = element(0)
  yield step(
    sumOf(x, (s) => s.div(n)),
    [inputs[0]],
    [center],
    call,
  )
  const deviation = x.sub(input(1, compute))
  const eps = scalar(0, compute)
  yield step(
    sumOf(deviation.mul(deviation), (s) => s.div(n).add(eps).rsqrt()),
    [inputs[0], center],
    [scale],
    call,
  )
  const k = kernel.inputs.length
  let value = x.sub(input(k, compute)).mul(input(k + 1, compute))
  if (kernel.weight) value = value.mul(element(1))
  if (kernel.bias) value = value.add(element(kernel.weight ? 2 : 1))
  yield step(map([value.cast(dtype)]), [...inputs, center, scale], [y])
  const store = (from: Operand, to: Operand) => {
    const kept = shape.length - rank
    const squeeze = (o: Operand) => view(o, shape.slice(0, kept), o.strides.slice(0, kept))
    return step(map([input(0, compute).cast(dtype)]), [squeeze(from)], [squeeze(to)])
  }
  yield store(center, mean)
  yield store(scale, rstd)
}

export function* lowerAttention(
  kernel: AttentionKernel,
  { inputs, outputs, scalars }: Call,
  temporary: Temporary,
): Generator<Step> {
  const { dtype } = kernel
  const { compute } = dtypes[dtype]
  const [q, k, v, mask] = inputs
  const batch = q.shape.length - 2
  const swap = (list: readonly number[]) => [...list.slice(0, batch), list[batch + 1], list[batch]]
  const scores = temporary(dtype, [...q.shape.slice(0, batch + 1), k.shape[batch]])
  let score = acc(0, compute).mul(scalar(0, compute))
  if (mask) score = score.add(input(2, dtype).cast(compute))
  yield step(
    matmul(dtype, score.cast(dtype)),
    [q, view(k, swap(k.shape), swap(k.strides)), ...(mask ? [mask] : [])],
    [scores],
    [scalars[0]],
  )
  if (kernel.causal) {
    const hidden = index(batch + 1).gt(index(batch))
    const masked = hidden.where(Number.NEGATIVE_INFINITY, input(0, dtype))
    yield step(map([masked]), [scores], [scores])
  }
  yield step(softmax(dtype, false, false), [scores], [scores])
  yield step(matmul(dtype, acc(0, compute).cast(dtype)), [scores, v], outputs)
}
