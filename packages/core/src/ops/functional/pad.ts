import { constant, type Expr, index, load, scalar } from '@sconce/backend'
import { check, NotImplementedError, RuntimeError, sizes } from '../../errors.ts'
import { mapTo } from '../../kernel-call.ts'
import type { Scalar } from '../../scalar.ts'
import type { Schemas } from '../../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'

/** Borders; `torch.nn.functional.pad`. */
export const padSchemas = {
  /** `mode: 'constant' | 'reflect' | 'replicate' | 'circular'`; pads from the last dim backwards. */
  pad: "pad(Tensor self, int[] pad, str mode='constant', Scalar? value=None) -> Tensor",
} as const satisfies Schemas

/** `self` read at positions mirrored, held or wrapped into its range; autograd knows its derivative. */
export const padInnerSchemas = {
  padIndexed: '_pad_indexed(Tensor self, int[] pad, str mode) -> Tensor',
  padIndexedBackward:
    '_pad_indexed_backward(Tensor grad, int[] size, int[] pad, str mode) -> Tensor',
} as const satisfies Schemas

/** Where position `i` of the padded dim lies in a dim of `size`. */
const modes: Readonly<Record<string, (i: Expr, size: Expr) => Expr>> = {
  reflect: (i, size) => {
    const last = size.sub(1)
    const up = i.abs()
    return last.sub(last.sub(up).abs())
  },
  replicate: (i, size) => i.max(0).min(size.sub(1)),
  circular: (i, size) => i.mod(size),
}

/** Pads in front and behind, by dim. */
const perDim = (rank: number, pad: readonly number[]): [number, number][] =>
  Array.from({ length: rank }, (_, d) => {
    const k = 2 * (rank - 1 - d)
    return [pad[k] ?? 0, pad[k + 1] ?? 0]
  })

const coordinates = (rank: number, padded: number, mode: string): Expr[] =>
  Array.from({ length: rank }, (_, d) => {
    if (d < rank - padded) return index(d)
    return modes[mode](index(d).sub(scalar(d, 'int32')), scalar(rank + d, 'int32'))
  })

function padIndexed(t: Tensor, pad: number[], mode: string): Tensor {
  const by = perDim(t.ndim, pad)
  const shape = t.shape.map((s, d) => s + by[d][0] + by[d][1])
  const at = coordinates(t.ndim, pad.length / 2, mode)
  return mapTo([load(0, t.dtype, at)], [t], shape, [...by.map((p) => p[0]), ...t.shape])[0]
}

/** Adds what each element was copied to: by index, so that duplicates are combined. */
function padIndexedBackward(grad: Tensor, size: number[], pad: number[], mode: string): Tensor {
  const rank = size.length
  const by = perDim(rank, pad)
  const { device } = grad.storage
  const at = coordinates(rank, pad.length / 2, mode)
  const flat = at.reduce<Expr>(
    (sum, c, d) => sum.mul(scalar(rank + d, 'int32')).add(c),
    constant(0, 'int32'),
  )
  const scalars = [...by.map((p) => p[0]), ...size]
  const positions = mapTo([flat], [], grad.shape, scalars, device)[0]
  const count = size.reduce((a, b) => a * b, 1)
  return grad
    .newZeros([count])
    .indexAdd(0, positions.reshape([-1]), grad.reshape([-1]))
    .view(size)
}

function pad(t: Tensor, by: number[], mode: string, value: Scalar | undefined): Tensor {
  check(by.length % 2 === 0, () => 'Padding length must be divisible by 2')
  check(by.length <= 2 * t.ndim, () => 'Padding length too large')
  if (mode === 'constant') return t.constantPadNd(by, value ?? 0)
  check(
    value === undefined || value === 0,
    () => `Padding mode "${mode}" doesn't take in value argument`,
  )
  if (!Object.hasOwn(modes, mode))
    throw new NotImplementedError(`Unrecognised padding mode ${mode}`)
  const n = by.length / 2
  if (n < 1 || n > 3 || (t.ndim !== n + 1 && t.ndim !== n + 2)) {
    throw new NotImplementedError(
      'Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now',
    )
  }
  const pads = perDim(t.ndim, by)
  pads.forEach(([before, after], d) => {
    if (d < t.ndim - n) return
    const size = t.shape[d]
    if (mode === 'reflect') {
      check(
        before < size && after < size,
        () =>
          `Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (${before}, ${after}) at dimension ${d} of input ${sizes(t.shape)}`,
      )
    }
    if (mode === 'circular') {
      check(
        before <= size && after <= size,
        () => 'Padding value causes wrapping around more than once.',
      )
    }
    if (size + before + after < 0)
      throw new RuntimeError('Negative padding value is resulting in an empty dimension.')
  })
  // Negative pads cut first.
  let x = t
  pads.forEach(([before, after], d) => {
    const start = Math.max(0, -before)
    const end = Math.max(0, -after)
    if (start + end > 0) x = x.narrow(d, start, x.shape[d] - start - end)
  })
  const grow = by.map((p) => Math.max(0, p))
  return callOperation('_pad_indexed', [x, grow, mode]) as Tensor
}

const implementations: FamilyImplementations<typeof padSchemas> = { pad }
const inner: FamilyImplementations<typeof padInnerSchemas> = {
  _pad_indexed: padIndexed,
  _pad_indexed_backward: padIndexedBackward,
}

define(padSchemas, implementations, 'functional')
define(padInnerSchemas, inner, 'internal')
