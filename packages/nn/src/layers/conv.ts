import { empty, RuntimeError, type Tensor, ValueError } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { _calculateFanInAndFanOut, kaimingUniform_, uniform_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { type Arguments, factory, signature } from '../signature.ts'

const PADDING_MODES = ['zeros', 'reflect', 'replicate', 'circular']

/** What every convolution is given. */
interface ConvArguments {
  inChannels: number
  outChannels: number
  kernelSize: readonly number[]
  stride: readonly number[]
  padding: readonly number[] | string
  dilation: readonly number[]
  groups: number
  bias: boolean
  paddingMode: string
  outputPadding?: readonly number[]
  device?: string
  dtype?: Tensor['dtype']
}

function checkArguments({
  inChannels,
  outChannels,
  groups,
  padding,
  stride,
  paddingMode,
}: ConvArguments): void {
  if (groups <= 0) throw new ValueError('groups must be a positive integer')
  if (inChannels % groups !== 0) throw new ValueError('in_channels must be divisible by groups')
  if (outChannels % groups !== 0) throw new ValueError('out_channels must be divisible by groups')
  if (typeof padding === 'string') {
    if (padding !== 'same' && padding !== 'valid') {
      throw new ValueError(
        `Invalid padding string '${padding}', should be one of {'same', 'valid'}`,
      )
    }
    if (padding === 'same' && stride.some((s) => s !== 1))
      throw new ValueError("padding='same' is not supported for strided convolutions")
  }
  if (!PADDING_MODES.includes(paddingMode)) {
    throw new ValueError(
      `padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got padding_mode='${paddingMode}'`,
    )
  }
}

const all = (list: readonly number[] | string, value: number): boolean =>
  typeof list !== 'string' && list.every((item) => item === value)

const tuple = (list: readonly number[] | string): string =>
  typeof list === 'string' ? list : list.length === 1 ? `(${list[0]},)` : `(${list.join(', ')})`

/** Base of all convolutions; `torch.nn.modules.conv._ConvNd`. */
export abstract class ConvNd extends Module {
  inChannels: number
  readonly outChannels: number
  readonly kernelSize: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly number[] | string
  readonly dilation: readonly number[]
  readonly groups: number
  readonly paddingMode: string
  readonly outputPadding: readonly number[]
  readonly transposed: boolean
  weight: Parameter
  bias: Parameter | null

  constructor(given: ConvArguments, transposed: boolean) {
    super()
    checkArguments(given)
    const { inChannels, outChannels, kernelSize, groups, device, dtype } = given
    this.inChannels = inChannels
    this.outChannels = outChannels
    this.kernelSize = kernelSize
    this.stride = given.stride
    this.padding = given.padding
    this.dilation = given.dilation
    this.groups = groups
    this.paddingMode = given.paddingMode
    this.outputPadding = given.outputPadding ?? kernelSize.map(() => 0)
    this.transposed = transposed
    this.weight = new Parameter(empty(this.weightShape(), { device, dtype }))
    this.bias = given.bias ? new Parameter(empty([outChannels], { device, dtype })) : null
    // Lazy convolutions have no channels yet.
    if (inChannels > 0) this.resetParameters()
  }

  /** The shape of the weights for as many channels as there are. */
  weightShape(): number[] {
    const { inChannels, outChannels, groups, kernelSize } = this
    return this.transposed
      ? [inChannels, outChannels / groups, ...kernelSize]
      : [outChannels, inChannels / groups, ...kernelSize]
  }

  resetParameters(): void {
    kaimingUniform_(this.weight, Math.sqrt(5))
    if (!this.bias) return
    const [fanIn] = _calculateFanInAndFanOut(this.weight)
    if (fanIn !== 0) uniform_(this.bias, -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn))
  }

  override extraRepr(): string {
    const { padding, dilation, outputPadding, groups, paddingMode } = this
    return [
      `${this.inChannels}, ${this.outChannels}, kernel_size=${tuple(this.kernelSize)}, stride=${tuple(this.stride)}`,
      all(padding, 0) ? '' : `, padding=${tuple(padding)}`,
      all(dilation, 1) ? '' : `, dilation=${tuple(dilation)}`,
      all(outputPadding, 0) ? '' : `, output_padding=${tuple(outputPadding)}`,
      groups === 1 ? '' : `, groups=${groups}`,
      this.bias ? '' : ', bias=False',
      paddingMode === 'zeros' ? '' : `, padding_mode=${paddingMode}`,
    ].join('')
  }
}

type Rank = 1 | 2 | 3

/** `padding` in front and behind of every dim, from the last dim backwards, as `pad` takes it. */
function paddingOf({ padding, kernelSize, dilation }: ConvNd): number[] {
  const sides = kernelSize.map((size, d): [number, number] => {
    if (padding === 'valid') return [0, 0]
    if (typeof padding !== 'string') return [padding[d], padding[d]]
    const total = dilation[d] * (size - 1)
    return [Math.floor(total / 2), total - Math.floor(total / 2)]
  })
  return sides.reverse().flat()
}

const convOptions = <N extends string, R extends Rank>(name: N, rank: R) =>
  `${name}(int in_channels, int out_channels, int[${rank}] kernel_size, int[${rank}] stride=1, int|int[]|str padding=0, int[${rank}] dilation=1, int groups=1, bool bias=True, str padding_mode='zeros', ${factory})` as const

/** What every convolution does. */
interface Layer {
  forward(input: Tensor): Tensor
}

/** The class of convolutions of a rank. */
function convolution<const N extends string, const R extends Rank>(
  name: N,
  rank: R,
): new (
  ...args: Arguments<ReturnType<typeof convOptions<N, R>>>
) => Layer & ConvNd {
  const text = convOptions(name, rank)
  const known = signature<string>(text)
  return class extends ConvNd {
    constructor(...args: Arguments<typeof text>) {
      // A signature with a name and a rank in it, whose values are those of any convolution.
      const given = known.bind(args) as unknown as ConvArguments & { padding: number }
      const { padding } = given
      super(
        {
          ...given,
          padding: typeof padding === 'number' ? Array<number>(rank).fill(padding) : padding,
        },
        false,
      )
    }

    override forward(input: Tensor): Tensor {
      const { weight, bias, stride, padding, dilation, groups, paddingMode } = this
      const conv = F[`conv${rank as Rank}d`]
      if (paddingMode === 'zeros')
        return conv(input, weight, bias ?? undefined, stride, padding, dilation, groups)
      const padded = F.pad(input, paddingOf(this), paddingMode)
      return conv(padded, weight, bias ?? undefined, stride, 0, dilation, groups)
    }
  }
}

/** `torch.nn.Conv1d`: of [N, C, L] or [C, L]. */
export class Conv1d extends convolution('Conv1d', 1) {}
/** `torch.nn.Conv2d`: of [N, C, H, W] or [C, H, W]. */
export class Conv2d extends convolution('Conv2d', 2) {}
/** `torch.nn.Conv3d`: of [N, C, D, H, W] or [C, D, H, W]. */
export class Conv3d extends convolution('Conv3d', 3) {}

const transposeOptions = <N extends string, R extends Rank>(name: N, rank: R) =>
  `${name}(int in_channels, int out_channels, int[${rank}] kernel_size, int[${rank}] stride=1, int[${rank}] padding=0, int[${rank}] output_padding=0, int groups=1, bool bias=True, int[${rank}] dilation=1, str padding_mode='zeros', ${factory})` as const

/** The size of the output, where the stride leaves it open. */
export type OutputSize = readonly number[] | { outputSize?: readonly number[] }

const isNamed = (given: OutputSize): given is { outputSize?: readonly number[] } =>
  !Array.isArray(given)

/** What is to be added at the end of each dim for an output of that size. */
function outputPaddingFor(
  module: ConvNd,
  input: Tensor,
  given: OutputSize | undefined,
): readonly number[] {
  const size = given === undefined || !isNamed(given) ? given : given.outputSize
  if (size === undefined) return module.outputPadding
  const rank = module.kernelSize.length
  const lead = input.ndim - rank
  const wanted = size.length === rank + lead ? size.slice(lead) : size
  if (wanted.length !== rank) {
    throw new ValueError(
      `ConvTranspose${rank}D: for ${input.ndim}D input, output_size must have ${rank} or ${rank + lead} elements (got ${size.length})`,
    )
  }
  const least = wanted.map(
    (_, d) =>
      (input.shape[lead + d] - 1) * module.stride[d] -
      2 * Number(module.padding[d]) +
      module.dilation[d] * (module.kernelSize[d] - 1) +
      1,
  )
  const most = least.map((n, d) => n + module.stride[d] - 1)
  if (wanted.some((n, d) => n < least[d] || n > most[d])) {
    throw new ValueError(
      `requested an output size of [${wanted.join(', ')}], but valid sizes range from [${least.join(', ')}] to [${most.join(', ')}] (for an input of torch.Size([${input.shape.slice(lead).join(', ')}]))`,
    )
  }
  return wanted.map((n, d) => n - least[d])
}

/** `outputSize` chooses among the sizes that a stride above one leaves open. */
interface Transposed {
  forward(input: Tensor, outputSize?: OutputSize): Tensor
}

/** The class of transposed convolutions of a rank. */
function transposed<const N extends string, const R extends Rank>(
  name: N,
  rank: R,
): new (
  ...args: Arguments<ReturnType<typeof transposeOptions<N, R>>>
) => Transposed & ConvNd {
  const text = transposeOptions(name, rank)
  const known = signature<string>(text)
  return class extends ConvNd {
    constructor(...args: Arguments<typeof text>) {
      // A signature with a name and a rank in it, whose values are those of any convolution.
      const given = known.bind(args) as unknown as ConvArguments
      if (given.paddingMode !== 'zeros')
        throw new ValueError(`Only "zeros" padding mode is supported for ${name}`)
      super(given, true)
    }

    override forward(input: Tensor, outputSize?: OutputSize): Tensor {
      const { weight, bias, stride, padding, groups, dilation } = this
      if (typeof padding === 'string')
        throw new RuntimeError(`Invalid padding string: '${padding}'`)
      return F[`convTranspose${rank as Rank}d`](
        input,
        weight,
        bias ?? undefined,
        stride,
        padding,
        outputPaddingFor(this, input, outputSize),
        groups,
        dilation,
      )
    }
  }
}

/** `torch.nn.ConvTranspose1d`. */
export class ConvTranspose1d extends transposed('ConvTranspose1d', 1) {}
/** `torch.nn.ConvTranspose2d`. */
export class ConvTranspose2d extends transposed('ConvTranspose2d', 2) {}
/** `torch.nn.ConvTranspose3d`. */
export class ConvTranspose3d extends transposed('ConvTranspose3d', 3) {}
