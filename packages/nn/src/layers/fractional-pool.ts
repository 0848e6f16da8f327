/** Fractional max pooling; Graham (2015). */
import { check, RuntimeError, rand, sizes, type Tensor, tensor, ValueError } from '@sconce/core'
import { Module } from '../module/module.ts'
import { type ArgumentsOf, signature } from '../signature.ts'

const f32 = Math.fround

/** Where the windows of a dim begin, as PyTorch computes it. */
function starts(
  sample: number,
  size: number,
  out: number,
  window: number,
  round: (x: number) => number,
) {
  const alpha = round(round(size - window) / round(out - 1))
  return Array.from({ length: out }, (_, i) =>
    i === out - 1
      ? size - window
      : Math.trunc(round(round(i + sample) * alpha)) - Math.trunc(round(sample * alpha)),
  )
}

/** All combinations of one of each list, the last one running fastest, as flat positions. */
function positions(lists: readonly (readonly number[])[], space: readonly number[]): number[] {
  return lists.reduce<number[]>(
    (flat, list, d) => flat.flatMap((at) => list.map((x) => at * space[d] + x)),
    [0],
  )
}

/** Options of the functions. */
export interface FractionalPoolOptions {
  outputSize?: number | readonly number[]
  /** The output as a part of the input. */
  outputRatio?: number | readonly number[]
  returnIndices?: boolean
  /** Random numbers in [0, 1), one for each dim of each channel. */
  randomSamples?: Tensor
}

const repeated = (value: number | readonly number[], rank: number): readonly number[] =>
  typeof value === 'number' ? Array<number>(rank).fill(value) : value

/** The order in which the samples of a channel are used. */
const SAMPLE_OF: Readonly<Record<number, readonly number[]>> = { 2: [1, 0], 3: [0, 1, 2] }

/** The maxima of windows whose positions are drawn, and where these are. */
function pool(
  rank: 2 | 3,
  input: Tensor,
  kernelSize: number | readonly number[],
  options: FractionalPoolOptions,
): { values: Tensor; indices: Tensor } {
  const name = `fractional_max_pool${rank}d`
  check(
    input.ndim === rank + 1 || input.ndim === rank + 2,
    () =>
      `${name}: Expected ${rank + 1}D or ${rank + 2}D tensor for input, but got: ${sizes(input.shape)}`,
  )
  const space = input.shape.slice(-rank)
  const lead = input.shape.slice(0, -rank)
  const { outputSize, outputRatio } = options
  if (outputSize === undefined && outputRatio === undefined)
    throw new ValueError(`${name} requires specifying either an output_size or an output_ratio`)
  const window = repeated(kernelSize, rank)
  const out =
    outputSize !== undefined
      ? repeated(outputSize, rank)
      : repeated(outputRatio ?? 1, rank).map((ratio, d) => Math.trunc(space[d] * ratio))
  space.forEach((size, d) => {
    if (out[d] + window[d] - 1 > size)
      throw new RuntimeError(
        `${name}: pool size (${window[d]}) too large relative to input size (${size})`,
      )
  })
  const channels = lead.reduce((a, b) => a * b, 1)
  const batched = lead.length === 2 ? lead : [1, ...lead]
  const samples =
    options.randomSamples ?? rand([...batched, rank], { dtype: input.dtype, device: input.device })
  const drawn = Array.from(samples.toTypedArray(), Number)
  const round = input.dtype === 'float64' ? (x: number) => x : f32
  const inside = positions(
    window.map((w) => [...Array(w).keys()]),
    space,
  )
  const all = Array.from({ length: channels }, (_, c) => {
    const begins = space.map((size, d) =>
      starts(drawn[c * rank + SAMPLE_OF[rank][d]], size, out[d], window[d], round),
    )
    return positions(begins, space).flatMap((begin) => inside.map((offset) => begin + offset))
  })
  const at = tensor(all, { dtype: 'int32', device: input.device })
  const picked = input.reshape([channels, -1]).gather(1, at).view([channels, -1, inside.length])
  const best = picked.detach().argmax(-1, true)
  const values = picked.gather(-1, best).view([...lead, ...out])
  const indices = at
    .view(picked.shape)
    .gather(-1, best)
    .view([...lead, ...out])
  return { values, indices }
}

/** `fractional_max_pool2d`: of [N, C, H, W] or [C, H, W]. */
export function fractionalMaxPool2d(
  input: Tensor,
  kernelSize: number | readonly number[],
  options: FractionalPoolOptions,
): Tensor | { values: Tensor; indices: Tensor } {
  const result = pool(2, input, kernelSize, options)
  return options.returnIndices ? result : result.values
}

/** `fractional_max_pool3d`: of [N, C, D, H, W] or [C, D, H, W]. */
export function fractionalMaxPool3d(
  input: Tensor,
  kernelSize: number | readonly number[],
  options: FractionalPoolOptions,
): Tensor | { values: Tensor; indices: Tensor } {
  const result = pool(3, input, kernelSize, options)
  return options.returnIndices ? result : result.values
}

const text = <N extends string>(name: N) =>
  `${name}(int|int[] kernel_size, int|int[]? output_size=None, float|float[]? output_ratio=None, bool return_indices=False)` as const

const signatures = {
  2: signature(text('FractionalMaxPool2d')),
  3: signature(text('FractionalMaxPool3d')),
} as const

/** Base of both. */
abstract class FractionalMaxPool extends Module {
  readonly kernelSize: number | readonly number[]
  readonly outputSize: number | readonly number[] | undefined
  readonly outputRatio: number | readonly number[] | undefined
  readonly returnIndices: boolean

  constructor(rank: 2 | 3, args: ArgumentsOf<(typeof signatures)[2]>) {
    super()
    const given = signatures[rank].bind(args)
    const name = `FractionalMaxPool${rank}d`
    const { outputSize, outputRatio } = given
    if (outputSize === undefined && outputRatio === undefined)
      throw new ValueError(`${name} requires specifying either an output size, or a pooling ratio`)
    if (outputSize !== undefined && outputRatio !== undefined)
      throw new ValueError('only one of output_size and output_ratio may be specified')
    if (outputRatio !== undefined && !repeated(outputRatio, rank).every((r) => r > 0 && r < 1))
      throw new ValueError(`output_ratio must be between 0 and 1 (got ${outputRatio})`)
    this.kernelSize = given.kernelSize
    this.outputSize = outputSize
    this.outputRatio = outputRatio
    this.returnIndices = given.returnIndices
  }

  protected abstract get rank(): 2 | 3

  override forward(input: Tensor): Tensor {
    const { outputSize, outputRatio } = this
    const { values, indices } = pool(this.rank, input, this.kernelSize, { outputSize, outputRatio })
    // Two tensors where `returnIndices` asks for them, which types don't tell.
    return this.returnIndices ? ([values, indices] as unknown as Tensor) : values
  }
}

/** With `returnIndices` the output is `[values, indices]`. */
export class FractionalMaxPool2d extends FractionalMaxPool {
  constructor(...args: ArgumentsOf<(typeof signatures)[2]>) {
    super(2, args)
  }

  protected override get rank(): 2 {
    return 2
  }
}

/** With `returnIndices` the output is `[values, indices]`. */
export class FractionalMaxPool3d extends FractionalMaxPool {
  constructor(...args: ArgumentsOf<(typeof signatures)[2]>) {
    super(3, args)
  }

  protected override get rank(): 3 {
    return 3
  }
}
