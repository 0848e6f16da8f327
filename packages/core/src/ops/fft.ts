import type { Schemas } from '../schema/types.ts'
import { wrapDim } from '../shape.ts'
import { define } from '../table.ts'
import type { Tensor } from '../tensor.ts'

/** `torch.fft`: what of it is about real tensors. */
export const fftSchemas = {
  /** Moves the zero frequency to the middle. */
  fftshift: 'fft_fftshift(Tensor self, int[]? dim=None) -> Tensor',
  /** Moves the zero frequency back to the front. */
  ifftshift: 'fft_ifftshift(Tensor self, int[]? dim=None) -> Tensor',
} as const satisfies Schemas

const shift =
  (distance: (size: number) => number) =>
  (t: Tensor, dim: number[] | undefined): Tensor => {
    const dims = dim?.map((d) => wrapDim(d, t.ndim)) ?? [...t.shape.keys()]
    return t.roll(
      dims.map((d) => distance(t.shape[d])),
      dims,
    )
  }

define(
  fftSchemas,
  {
    fft_fftshift: shift((n) => Math.floor(n / 2)),
    fft_ifftshift: shift((n) => Math.ceil(n / 2)),
  },
  'fft',
)
