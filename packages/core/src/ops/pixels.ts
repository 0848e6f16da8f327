import { check, sizes } from '../errors.ts'
import type { Schemas } from '../schema/types.ts'
import { define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'

/** Moves elements between channels and space. */
export const pixelSchemas = {
  channelShuffle: 'channel_shuffle(Tensor self, int groups) -> Tensor',
  pixelShuffle: 'pixel_shuffle(Tensor self, int upscale_factor) -> Tensor',
  pixelUnshuffle: 'pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor',
} as const satisfies Schemas

function pixelShuffle(t: Tensor, r: number): Tensor {
  check(
    t.ndim >= 3,
    () =>
      `pixel_shuffle expects input to have at least 3 dimensions, but got input with ${t.ndim} dimension(s)`,
  )
  check(r > 0, () => `pixel_shuffle expects a positive upscale_factor, but got ${r}`)
  const [c, h, w] = t.shape.slice(-3)
  const lead = t.shape.slice(0, -3)
  check(
    c % (r * r) === 0,
    () =>
      `pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=${c} is not divisible by ${r * r}`,
  )
  const n = lead.length
  const order = [...lead.keys(), n, n + 3, n + 1, n + 4, n + 2]
  return t
    .reshape([...lead, c / (r * r), r, r, h, w])
    .permute(order)
    .clone()
    .view([...lead, c / (r * r), h * r, w * r])
}

function pixelUnshuffle(t: Tensor, r: number): Tensor {
  check(
    t.ndim >= 3,
    () =>
      `pixel_unshuffle expects input to have at least 3 dimensions, but got input with ${t.ndim} dimension(s)`,
  )
  check(r > 0, () => `pixel_unshuffle expects a positive downscale_factor, but got ${r}`)
  const [c, h, w] = t.shape.slice(-3)
  for (const [name, size] of [
    ['height', h],
    ['width', w],
  ] as const) {
    check(
      size % r === 0,
      () =>
        `pixel_unshuffle expects ${name} to be divisible by downscale_factor, but input.size(${name === 'height' ? -2 : -1})=${size} is not divisible by ${r}`,
    )
  }
  const lead = t.shape.slice(0, -3)
  const n = lead.length
  return t
    .reshape([...lead, c, h / r, r, w / r, r])
    .permute([...lead.keys(), n, n + 2, n + 4, n + 1, n + 3])
    .clone()
    .view([...lead, c * r * r, h / r, w / r])
}

const implementations: FamilyImplementations<typeof pixelSchemas> = {
  channel_shuffle: (t, groups) => {
    check(
      t.ndim > 2,
      () =>
        `channel_shuffle expects input with > 2 dims, but got input with sizes ${sizes(t.shape)}`,
    )
    check(
      groups > 0,
      () => `Number of groups to divide channels in must be positive. Value of groups:${groups}`,
    )
    const [n, c, ...rest] = t.shape
    check(
      c % groups === 0,
      () =>
        `Number of channels must be divisible by groups. Got ${c} channels and ${groups} groups.`,
    )
    return t
      .reshape([n, groups, c / groups, ...rest])
      .transpose(1, 2)
      .reshape(t.shape)
  },
  pixel_shuffle: pixelShuffle,
  pixel_unshuffle: pixelUnshuffle,
}

define(pixelSchemas, implementations)
