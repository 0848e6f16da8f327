import { check, sizes } from '../../errors.ts'
import type { Schemas } from '../../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'

const windows =
  'int[2] kernel_size, int[2] dilation=[1,1], int[2] padding=[0,0], int[2] stride=[1,1]' as const

/** Images as columns of their windows and back; `torch.nn.functional`. */
export const foldSchemas = {
  unfold: `im2col(Tensor input, ${windows}) -> Tensor`,
  fold: `col2im(Tensor input, int[2] output_size, ${windows}) -> Tensor`,
} as const satisfies Schemas

/** The sum of overlapping windows, which undoes `asStrided`; autograd knows its derivative. */
export const foldInnerSchemas = {
  sumStrided:
    '_sum_strided(Tensor self, int[] base, int[] size, int[] stride, int storage_offset) -> Tensor',
} as const satisfies Schemas

const positive = (name: string, list: number[]): void =>
  check(
    list.every((v) => v > 0),
    () =>
      `${name} should be greater than zero, but got ${name}_height: ${list[0]} ${name}_width: ${list[1]}`,
  )

function blocks(
  size: readonly number[],
  k: number[],
  d: number[],
  p: number[],
  s: number[],
): number[] {
  return size.map((n, i) => Math.floor((n + 2 * p[i] - d[i] * (k[i] - 1) - 1) / s[i]) + 1)
}

function im2col(x: Tensor, k: number[], d: number[], p: number[], s: number[]): Tensor {
  positive('kernel', k)
  positive('dilation', d)
  positive('stride', s)
  check(
    p.every((v) => v >= 0),
    () => `padding should be non-negative, but got padding_height: ${p[0]} padding_width: ${p[1]}`,
  )
  check(
    (x.ndim === 3 || x.ndim === 4) && x.shape.slice(-2).every((n) => n !== 0),
    () =>
      `Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: ${sizes(x.shape)}`,
  )
  const out = blocks(x.shape.slice(-2), k, d, p, s)
  check(
    out.every((n) => n >= 1),
    () =>
      `Given input with spatial size (${x.shape.slice(-2).join(', ')}), kernel_size=(${k.join(', ')}), dilation=(${d.join(', ')}), padding=(${p.join(', ')}), calculated shape of the array of sliding blocks as (${out.join(', ')}), but its components must be at least one.`,
  )
  const padded = p.some((v) => v > 0) ? x.constantPadNd([p[1], p[1], p[0], p[0]]) : x
  const lead = x.shape.slice(0, -2)
  const [h, w] = padded.strides.slice(-2)
  const view = padded.asStrided(
    [...lead, ...k, ...out],
    [...padded.strides.slice(0, -2), h * d[0], w * d[1], h * s[0], w * s[1]],
    padded.offset,
  )
  const channels = lead[lead.length - 1]
  return view.reshape([...lead.slice(0, -1), channels * k[0] * k[1], out[0] * out[1]])
}

function col2im(
  x: Tensor,
  size: number[],
  k: number[],
  d: number[],
  p: number[],
  s: number[],
): Tensor {
  positive('kernel', k)
  positive('dilation', d)
  positive('stride', s)
  check(
    x.ndim === 2 || x.ndim === 3,
    () =>
      `Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, but got: ${sizes(x.shape)}`,
  )
  const [rows, columns] = x.shape.slice(-2)
  const window = k[0] * k[1]
  check(
    rows % window === 0,
    () =>
      `Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=${rows} and kernel_size=(${k.join(', ')}).`,
  )
  const out = blocks(size, k, d, p, s)
  check(
    out[0] * out[1] === columns,
    () =>
      `Given output_size=(${size.join(', ')}), kernel_size=(${k.join(', ')}), dilation=(${d.join(', ')}), padding=(${p.join(', ')}), stride=(${s.join(', ')}), expected size of input's dimension 2 to match the calculated number of sliding blocks ${out[0]} * ${out[1]} = ${out[0] * out[1]}, but got input.size(2)=${columns}.`,
  )
  const lead = [...x.shape.slice(0, -2), rows / window]
  const padded = [...lead, size[0] + 2 * p[0], size[1] + 2 * p[1]]
  const strides = padded.map((_, i) => padded.slice(i + 1).reduce((a, b) => a * b, 1))
  const [h, w] = strides.slice(-2)
  const columnsView = x.reshape([...lead, ...k, ...out])
  const image = callOperation('_sum_strided', [
    columnsView,
    padded,
    columnsView.shape,
    [...strides.slice(0, -2), h * d[0], w * d[1], h * s[0], w * s[1]],
    0,
  ]) as Tensor
  return image
    .narrow(image.ndim - 2, p[0], size[0])
    .narrow(image.ndim - 1, p[1], size[1])
    .clone()
}

const implementations: FamilyImplementations<typeof foldSchemas> = {
  im2col,
  col2im: (x, size, k, d, p, s) => col2im(x, size, k, d, p, s),
}

const inner: FamilyImplementations<typeof foldInnerSchemas> = {
  _sum_strided: (t, base, size, stride, offset) => {
    const count = base.reduce((a, b) => a * b, 1)
    const image = t.newZeros([count])
    if (t.numel() === 0) return image.view(base)
    // The flat position of every element of the windows is a strided view of iota.
    const positions = (
      callOperation('arange', [count, 'int32', t.device, false]) as Tensor
    ).asStrided(size, stride, offset)
    return image.indexAdd(0, positions.reshape([-1]), t.reshape([-1])).view(base)
  },
}

define(foldSchemas, implementations, 'functional')
define(foldInnerSchemas, inner, 'internal')
