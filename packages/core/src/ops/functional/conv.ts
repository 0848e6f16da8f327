import { acc, type ConvMode, dtypes, elementCount, kernels } from '@sconce/backend'
import { commonDevice, type Device } from '../../device.ts'
import { check, RuntimeError, sizes } from '../../errors.ts'
import { runKernel, type View } from '../../kernel-call.ts'
import { typeNames } from '../../random/dtype-limits.ts'
import type { Schemas } from '../../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import { makeTensor, type Tensor } from '../../tensor.ts'

/** Convolutions, and the ops that they and their gradients are made of. */
export const convSchemas = {
  conv1d:
    'conv1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=[1], int|int[]|str padding=0, int[1] dilation=[1], int groups=1) -> Tensor',
  conv2d:
    'conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=[1,1], int|int[]|str padding=0, int[2] dilation=[1,1], int groups=1) -> Tensor',
  conv3d:
    'conv3d(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=[1,1,1], int|int[]|str padding=0, int[3] dilation=[1,1,1], int groups=1) -> Tensor',
  convTranspose1d:
    'conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=[1], int[1] padding=[0], int[1] output_padding=[0], int groups=1, int[1] dilation=[1]) -> Tensor',
  convTranspose2d:
    'conv_transpose2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=[1,1], int[2] padding=[0,0], int[2] output_padding=[0,0], int groups=1, int[2] dilation=[1,1]) -> Tensor',
  convTranspose3d:
    'conv_transpose3d(Tensor input, Tensor weight, Tensor? bias=None, int[3] stride=[1,1,1], int[3] padding=[0,0,0], int[3] output_padding=[0,0,0], int groups=1, int[3] dilation=[1,1,1]) -> Tensor',
} as const satisfies Schemas

const inner = 'int[] stride, int[] padding, int[] dilation, int groups' as const

/** The three passes of a batched convolution without bias; autograd knows their derivatives. */
export const convolutionSchemas = {
  convolution: `_convolution(Tensor input, Tensor weight, ${inner}) -> Tensor`,
  convolutionInput: `_convolution_input(Tensor grad, Tensor weight, int[] size, ${inner}) -> Tensor`,
  convolutionWeight: `_convolution_weight(Tensor input, Tensor grad, int[] size, ${inner}) -> Tensor`,
} as const satisfies Schemas

/** Size of the output along a dim. */
const outputSize = (n: number, window: number, stride: number, padding: number, dilation: number) =>
  Math.floor((n + 2 * padding - dilation * (window - 1) - 1) / stride) + 1

function launch(
  mode: ConvMode,
  inputs: readonly View[],
  shape: readonly number[],
  stride: number[],
  padding: number[],
  dilation: number[],
  groups: number,
): Tensor {
  const device = commonDevice(inputs) as Device
  const { dtype } = inputs[0]
  const result = makeTensor(device, dtype, shape)
  if (elementCount(shape) === 0) return result
  if (inputs.some((v) => elementCount(v.shape) === 0)) return result.zero_()
  const value = acc(0, dtypes[dtype].compute).cast(dtype)
  runKernel(
    device,
    kernels.conv(mode, dtype, { stride, padding, dilation, groups }, value),
    inputs,
    [result],
  )
  return result
}

const convolutions: FamilyImplementations<typeof convolutionSchemas> = {
  _convolution: (x, w, stride, padding, dilation, groups) => {
    const space = x.shape
      .slice(2)
      .map((n, d) => outputSize(n, w.shape[d + 2], stride[d], padding[d], dilation[d]))
    const shape = [x.shape[0], w.shape[0], ...space]
    return launch('forward', [x, w], shape, stride, padding, dilation, groups)
  },
  _convolution_input: (g, w, size, stride, padding, dilation, groups) =>
    launch('inputGradient', [g, w], size, stride, padding, dilation, groups),
  _convolution_weight: (x, g, size, stride, padding, dilation, groups) =>
    launch('weightGradient', [x, g], size, stride, padding, dilation, groups),
}

define(convolutionSchemas, convolutions, 'internal')

const repeated = (value: number | number[], n: number): number[] =>
  typeof value === 'number'
    ? Array<number>(n).fill(value)
    : value.length === 1
      ? Array<number>(n).fill(value[0])
      : value

/** Adds a batch dim to an unbatched input. */
function batched(x: Tensor, n: number, name: string): { input: Tensor; single: boolean } {
  check(
    x.ndim === n + 1 || x.ndim === n + 2,
    () =>
      `Expected ${n + 1}D (unbatched) or ${n + 2}D (batched) input to ${name}, but got input of size: ${sizes(x.shape)}`,
  )
  return x.ndim === n + 1 ? { input: x.unsqueeze(0), single: true } : { input: x, single: false }
}

function checkConv(
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  n: number,
  stride: number[],
  padding: number[],
  dilation: number[],
  groups: number,
  transposed: boolean,
): void {
  check(
    x.dtype === w.dtype,
    () =>
      `expected scalar type ${dtypes[x.dtype].scalarType} but found ${dtypes[w.dtype].scalarType}`,
  )
  check(!bias || bias.dtype === x.dtype, () =>
    transposed
      ? `expected scalar type ${dtypes[x.dtype].scalarType} but found ${dtypes[bias?.dtype ?? x.dtype].scalarType}`
      : `Input type (${typeNames[x.dtype]}) and bias type (${typeNames[bias?.dtype ?? x.dtype]}) should be the same`,
  )
  check(w.ndim === n + 2, () => `weight should have at least three dimensions`)
  check(
    stride.every((s) => s > 0),
    () => 'non-positive stride is not supported',
  )
  check(
    padding.every((p) => p >= 0),
    () => 'negative padding is not supported',
  )
  check(
    dilation.every((d) => d > 0),
    () => 'dilation should be greater than zero',
  )
  check(groups > 0, () => 'non-positive groups is not supported')
  const listed = `[${[w.shape[0], ...w.shape.slice(1)].join(', ')}]`
  const wanted = transposed ? w.shape[0] : w.shape[1] * groups
  check(
    w.shape[0] % groups === 0 && w.shape[0] >= groups,
    () =>
      `Given groups=${groups}, expected weight to be ${w.shape[0] < groups ? `at least ${groups}` : `divisible by ${groups}`} at dimension 0, but got weight of size ${listed} instead`,
  )
  check(x.shape[1] === wanted, () =>
    transposed
      ? `Given transposed=1, weight of size ${listed}, expected input${sizes(x.shape)} to have ${wanted} channels, but got ${x.shape[1]} channels instead`
      : `Given groups=${groups}, weight of size ${listed}, expected input${sizes(x.shape)} to have ${wanted} channels, but got ${x.shape[1]} channels instead`,
  )
  const out = transposed ? w.shape[1] * groups : w.shape[0]
  check(
    !bias || (bias.ndim === 1 && bias.shape[0] === out),
    () =>
      `Given ${transposed ? 'transposed=1' : `groups=${groups}`}, weight of size ${listed}, expected bias to be 1-dimensional with ${out} elements, but got bias of size ${sizes(bias?.shape ?? [])} instead`,
  )
  if (transposed) return
  const space = x.shape.slice(2)
  space.forEach((s, d) => {
    const window = dilation[d] * (w.shape[d + 2] - 1) + 1
    if (s + 2 * padding[d] < window) {
      const per = (list: number[]) => `(${list.join(' x ')})`
      throw new RuntimeError(
        `Calculated padded input size per channel: ${per(space.map((v, i) => v + 2 * padding[i]))}. Kernel size: ${per(w.shape.slice(2).map((v, i) => dilation[i] * (v - 1) + 1))}. Kernel size can't be greater than actual input size`,
      )
    }
  })
}

const withBias = (y: Tensor, bias: Tensor | undefined): Tensor =>
  bias ? y.add(bias.view([1, -1, ...y.shape.slice(2).map(() => 1)])) : y

/** `padding: 'same'`: both sides, the odd one at the end by an explicit pad. */
function samePadding(x: Tensor, w: Tensor, dilation: number[], stride: number[]) {
  check(
    stride.every((s) => s === 1),
    () => "padding='same' is not supported for strided convolutions",
  )
  const total = dilation.map((d, i) => d * (w.shape[i + 2] - 1))
  const padding = total.map((t) => Math.floor(t / 2))
  if (total.every((t) => t % 2 === 0)) return { x, padding }
  const extra = total.flatMap((_, i) => [0, total[total.length - 1 - i] % 2])
  return { x: x.constantPadNd(extra), padding }
}

const conv =
  (n: number) =>
  (
    given: Tensor,
    w: Tensor,
    bias: Tensor | undefined,
    stride: number[],
    pad: number | number[] | string,
    dilation: number[],
    groups: number,
  ): Tensor => {
    const { input, single } = batched(given, n, `conv${n}d`)
    let x = input
    let padding: number[]
    if (pad === 'same') ({ x, padding } = samePadding(x, w, dilation, stride))
    else if (pad === 'valid') padding = Array<number>(n).fill(0)
    else if (typeof pad === 'string') {
      throw new RuntimeError(`Invalid padding string: '${pad}'`)
    } else padding = repeated(pad, n)
    checkConv(x, w, bias, n, stride, padding, dilation, groups, false)
    const y = callOperation('_convolution', [x, w, stride, padding, dilation, groups]) as Tensor
    const result = withBias(y, bias)
    return single ? result.squeeze(0) : result
  }

/** The transposed convolution is the gradient of the convolution with regard to its input. */
const convTranspose =
  (n: number) =>
  (
    given: Tensor,
    w: Tensor,
    bias: Tensor | undefined,
    stride: number[],
    padding: number[],
    outputPadding: number[],
    groups: number,
    dilation: number[],
  ): Tensor => {
    const { input, single } = batched(given, n, `conv_transpose${n}d`)
    checkConv(input, w, bias, n, stride, padding, dilation, groups, true)
    outputPadding.forEach((o, d) => {
      check(
        o < stride[d] || o < dilation[d],
        () =>
          'output padding must be smaller than either stride or dilation, but got output_padding_height: ' +
          `${outputPadding[0]} output_padding_width: ${outputPadding[1] ?? 0} stride_height: ${stride[0]} stride_width: ${stride[1] ?? 1} dilation_height: ${dilation[0]} dilation_width: ${dilation[1] ?? 1}`,
      )
    })
    const space = input.shape
      .slice(2)
      .map(
        (s, d) =>
          (s - 1) * stride[d] -
          2 * padding[d] +
          dilation[d] * (w.shape[d + 2] - 1) +
          outputPadding[d] +
          1,
      )
    const size = [input.shape[0], w.shape[1] * groups, ...space]
    check(
      space.every((s) => s > 0),
      () =>
        `Given input size per channel: ${sizes(input.shape.slice(2))}. Calculated output size per channel: ${sizes(space)}. Output size is too small`,
    )
    const y = callOperation('_convolution_input', [
      input,
      w,
      size,
      stride,
      padding,
      dilation,
      groups,
    ]) as Tensor
    const result = withBias(y, bias)
    return single ? result.squeeze(0) : result
  }

const implementations: FamilyImplementations<typeof convSchemas> = {
  conv1d: conv(1),
  conv2d: conv(2),
  conv3d: conv(3),
  conv_transpose1d: convTranspose(1),
  conv_transpose2d: convTranspose(2),
  conv_transpose3d: convTranspose(3),
}

define(convSchemas, implementations, 'functional')
