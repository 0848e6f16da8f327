import { dtypes } from '../dtype.ts'
import { type Expr, index, load, scalar } from '../expr.ts'
import type { ConvKernel } from '../kernel.ts'
import { reduce } from '../kernels.ts'
import type { Operand } from '../layout.ts'
import { type Call, type Step, step, view } from './step.ts'

/**
 * All three passes are one sum of products of two loads; they differ in which dims are kept and which
 * are summed, and in how a position of one operand follows from the other two. Channel counts per
 * group come as run-time scalars, so that one kernel serves all sizes.
 */
export function* lowerConv(
  kernel: ConvKernel,
  { inputs, outputs, scalars }: Call,
): Generator<Step> {
  const [first, second, ...further] = inputs
  const [out] = outputs
  const rank = kernel.stride.length
  const base = kernel.scalars
  const inPerGroup = scalar(base, 'int32')
  const outPerGroup = scalar(base + 1, 'int32')
  const at = (from: number) => Array.from({ length: rank }, (_, d) => index(from + d))
  const window = (place: Expr[], tap: Expr[]) =>
    place.map((p, d) =>
      p.mul(kernel.stride[d]).sub(kernel.padding[d]).add(tap[d].mul(kernel.dilation[d])),
    )

  let summed: number[]
  let coordinates: [Expr[], Expr[]]
  let channels: [number, number]
  if (kernel.mode === 'forward') {
    // [n, cOut, ...place | cIn/groups, ...tap]
    const [n, co, ci] = [index(0), index(1), index(2 + rank)]
    const [place, tap] = [at(2), at(3 + rank)]
    summed = second.shape.slice(1)
    channels = [second.shape[1], second.shape[0] / kernel.groups]
    coordinates = [
      [n, co.div(outPerGroup).mul(inPerGroup).add(ci), ...window(place, tap)],
      [co, ci, ...tap],
    ]
  } else if (kernel.mode === 'inputGradient') {
    // [n, cIn, ...position | cOut/groups, ...tap]
    const [n, ci, co] = [index(0), index(1), index(2 + rank)]
    const [position, tap] = [at(2), at(3 + rank)]
    channels = [second.shape[1], second.shape[0] / kernel.groups]
    summed = [channels[1], ...second.shape.slice(2)]
    const channel = ci.div(inPerGroup).mul(outPerGroup).add(co)
    const place = position.map((p, d) => {
      const q = p.add(kernel.padding[d]).sub(tap[d].mul(kernel.dilation[d]))
      // Positions between the strides have no output: -1 is outside, and loads zero.
      return q.mod(kernel.stride[d]).eq(0).where(q.div(kernel.stride[d]), -1)
    })
    coordinates = [
      [n, channel, ...place],
      [channel, ci.mod(inPerGroup), ...tap],
    ]
  } else {
    // [cOut, cIn/groups, ...tap | n, ...place]
    const [co, ci, n] = [index(0), index(1), index(2 + rank)]
    const [tap, place] = [at(2), at(3 + rank)]
    channels = [out.shape[1], out.shape[0] / kernel.groups]
    summed = [second.shape[0], ...second.shape.slice(2)]
    coordinates = [
      [n, co.div(outPerGroup).mul(inPerGroup).add(ci), ...window(place, tap)],
      [n, co, ...place],
    ]
  }

  const compute = dtypes[kernel.dtype].compute
  const product = load(0, kernel.dtype, coordinates[0])
    .cast(compute)
    .mul(load(1, kernel.dtype, coordinates[1]).cast(compute))
  const shape = [...out.shape, ...summed]
  const spread = (operand: Operand) =>
    view(operand, shape, [...operand.strides, ...summed.map(() => 0)])
  yield step(
    reduce([{ op: 'sum', value: product }], [kernel.epilogue], kernel.inputs),
    [first, second, ...further.map(spread)],
    [spread(out)],
    [...Array.from(scalars).slice(0, base), ...channels],
  )
}
