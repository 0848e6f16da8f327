import {
  coalesce,
  contiguousStrides,
  elementCount,
  input,
  kernels,
  type NormalizeKernel,
  type Operand,
  reducedRank,
  type SoftmaxKernel,
  scalar,
} from '@sconce/backend'
import type { Engine } from '../engine.ts'
import type { WebglBuffer } from '../storage.ts'
import { runLowered } from './lowered.ts'
import { about, isWorthPieces, runStatistics, type Statistic } from './statistics.ts'

const x = input(0, 'float32')

/** The largest element and the sum of exponentials relative to it. A row of -∞ has no such sum: its centre is 0. */
const peakAndSum: Statistic = {
  name: 'peak',
  first: { op: 'max', value: x },
  centre: about.first.eq(Number.NEGATIVE_INFINITY).where(0, about.first),
  deviation: x.sub(about.centre).exp(),
  shifted: about.sum.mul(about.own.sub(about.centre).exp()),
}

/** Mean and sum of squares about it; pieces are combined as by Chan, Golub and LeVeque (1979). */
const moments: Statistic = {
  name: 'moments',
  first: { op: 'sum', value: x },
  centre: about.first.div(about.count),
  deviation: x.sub(about.centre).mul(x.sub(about.centre)),
  shifted: about.sum.add(
    about.own.sub(about.centre).mul(about.own.sub(about.centre)).mul(about.count),
  ),
}

/** Operands with neighbouring dims merged where all walk them as one; the last `keep` stay apart from the others. */
function merged(operands: readonly Operand[], keep: number): Operand[] {
  const { shape, strides } = coalesce(
    operands[0].shape,
    operands.map((o) => o.strides),
    keep,
  )
  return operands.map((o, i) => ({ ...o, shape, strides: strides[i] }))
}

/** Dims of a merged shape before those of the row: the row's dims are those along which `perRow` stands still. */
const keptRankOf = (perRow: Operand): number => perRow.shape.length - reducedRank(perRow)

/** A temporary with an element for each row, seen as spanning the rows. */
function perRow(engine: Engine, buffers: WebglBuffer[], shape: readonly number[]): Operand {
  const kept = shape.slice(0, -1)
  const buffer = engine.allocate('float32', elementCount(kept))
  buffers.push(buffer)
  return { buffer, dtype: 'float32', shape, strides: [...contiguousStrides(kept), 0], offset: 0 }
}

const shifted = x.sub(input(1, 'float32'))
const softmaxOf = kernels.map([shifted.exp().div(input(2, 'float32'))])
const logSoftmaxOf = kernels.map([shifted.sub(input(2, 'float32'))])

/** Runs a softmax: one pass over long rows for what is needed of them, and one that writes. */
export function runSoftmax(
  engine: Engine,
  kernel: SoftmaxKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const { shape } = outputs[0]
  if (kernel.backward || !isWorthPieces(shape, shape.length - 1)) {
    runLowered(engine, kernel, { inputs, outputs, scalars })
    return
  }
  const buffers: WebglBuffer[] = []
  try {
    const [peak, sum] = [perRow(engine, buffers, shape), perRow(engine, buffers, shape)]
    const [from, to, ...stats] = merged([inputs[0], outputs[0], peak, sum], 1)
    const total = kernel.log ? about.sum.log() : about.sum
    runStatistics({
      engine,
      statistic: peakAndSum,
      inputs: [from],
      scalars,
      keptRank: from.shape.length - 1,
      results: [
        { output: stats[0], value: about.first },
        { output: stats[1], value: total },
      ],
    })
    engine.execute(kernel.log ? logSoftmaxOf : softmaxOf, [from, ...stats], [to], [])
  } finally {
    for (const buffer of buffers) engine.free(buffer)
  }
}

/** Runs a normalisation: mean and deviation of long rows in one pass, and one that writes. */
export function runNormalize(
  engine: Engine,
  kernel: NormalizeKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const keptRank = kernel.backward ? 0 : keptRankOf(outputs[1])
  const { shape } = outputs[0]
  if (kernel.backward || !isWorthPieces(shape, keptRank)) {
    runLowered(engine, kernel, { inputs, outputs, scalars })
    return
  }
  const all = merged([...inputs, ...outputs], shape.length - keptRank)
  const from = all.slice(0, inputs.length)
  const [y, mean, rstd] = all.slice(inputs.length)
  runStatistics({
    engine,
    statistic: moments,
    inputs: [from[0]],
    scalars,
    keptRank: keptRankOf(mean),
    results: [
      { output: mean, value: about.centre },
      {
        output: rstd,
        value: about.sum.div(about.count).add(scalar(0, 'float32')).rsqrt(),
      },
    ],
  })
  const k = inputs.length
  let value = x.sub(input(k, 'float32')).mul(input(k + 1, 'float32'))
  if (kernel.weight) value = value.mul(input(1, 'float32'))
  if (kernel.bias) value = value.add(input(kernel.weight ? 2 : 1, 'float32'))
  engine.execute(kernels.map([value]), [...from, mean, rstd], [y], [])
}
