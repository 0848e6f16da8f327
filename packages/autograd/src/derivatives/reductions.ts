import { elementCount } from '@sconce/backend'
import type { reductionSchemas, Tensor } from '@sconce/core'
import { defineDerivatives, defineNonDifferentiable } from './row.ts'
import { dimsOf, restored, spread } from './shapes.ts'

/** PyTorch numbers the form without dims 0. */
const numbered =
  (name: string) =>
  ({ dim }: { dim?: unknown }): string =>
    `${name}Backward${dim === undefined ? 0 : 1}`

const countOf = (dim: number | readonly number[] | undefined, shape: readonly number[]): number =>
  elementCount(dimsOf(dim, shape.length).map((d) => shape[d]))

/** Shared equally by all elements that are the result; NaN is equal to NaN here. */
function evenly(
  g: Tensor,
  self: Tensor,
  result: Tensor,
  dim: number | readonly number[] | undefined,
  keepdim: boolean,
): Tensor {
  const whole = restored(result, dim, keepdim, self.shape)
  const chosen = self.eq(whole).logicalOr(self.isnan().logicalAnd(whole.isnan()))
  const share = chosen.sum(dimsOf(dim, self.ndim), true)
  return spread(g, dim, keepdim, self.shape).div(share).mul(chosen)
}

/** The gradient goes to the selected elements. */
export function toSelected(
  g: Tensor,
  indices: Tensor,
  dim: number,
  keepdim: boolean,
  shape: readonly number[],
): Tensor {
  const zeros = g.newZeros(shape)
  if (shape.length === 0) return g
  const apart = (t: Tensor) => (keepdim ? t : t.unsqueeze(dim))
  return zeros.scatter(dim, apart(indices), apart(g))
}

/** Products of all others along a dim, from both sides: safe where there are zeros. */
export function productOfOthers(self: Tensor, dim: number): Tensor {
  const length = self.shape[dim]
  const ones = self.narrow(dim, 0, 1).onesLike()
  const shifted = (t: Tensor) => ones.constantPadNd(padAfter(t, dim, length - 1), 1)
  const before = shifted(self)
    .sliceScatter(self.narrow(dim, 0, length - 1), { dim, start: 1 })
    .cumprod(dim)
  const reversed = self.flip(dim)
  const after = shifted(self)
    .sliceScatter(reversed.narrow(dim, 0, length - 1), { dim, start: 1 })
    .cumprod(dim)
    .flip(dim)
  return before.mul(after)
}

/** Pads of `count` behind `dim`. */
const padAfter = (t: Tensor, dim: number, count: number): number[] => {
  const pads = Array<number>(2 * (t.ndim - dim)).fill(0)
  pads[pads.length - 1] = count
  return pads
}

const hasZeros = (t: Tensor): boolean =>
  t.storage.device.backend.info.readSync !== 'free' || Boolean(t.eq(0).any().item())

function prodBackward(
  g: Tensor,
  self: Tensor,
  result: Tensor,
  dim: number | undefined,
  keepdim: boolean,
): Tensor {
  if (self.ndim === 0) return g
  if (self.numel() === 0) return self.zerosLike()
  const whole = spread(g, dim, keepdim, self.shape)
  if (!hasZeros(self.detach()))
    return whole.mul(restored(result, dim, keepdim, self.shape)).div(self)
  if (dim === undefined) {
    return productOfOthers(self.reshape([-1]), 0)
      .view(self.shape)
      .mul(whole)
  }
  return productOfOthers(self, dim < 0 ? dim + self.ndim : dim).mul(whole)
}

function varBackward(
  g: Tensor,
  self: Tensor,
  dim: number[] | undefined,
  correction: number,
  keepdim: boolean,
): Tensor {
  const count = countOf(dim, self.shape)
  const dims = dimsOf(dim, self.ndim)
  const apart = self.sub(self.mean(dims, true))
  return apart.mul(spread(g, dim, keepdim, self.shape)).mul(2 / (count - correction))
}

/** d std = d var / (2 std), 0 where std is 0. */
const stdBackward = (g: Tensor, std: Tensor): Tensor => g.div(std.mul(2)).maskedFill(std.eq(0), 0)

const meanBackward = (
  g: Tensor,
  shape: readonly number[],
  dim: number[] | undefined,
  keepdim: boolean,
): Tensor => spread(g.div(countOf(dim, shape)), dim, keepdim, shape)

interface Spread {
  readonly dim?: number[]
  readonly unbiased?: boolean
  readonly keepdim?: boolean
  readonly correction?: number
}

const correctionOf = ({ unbiased, correction }: Spread): number =>
  correction ?? (unbiased === false ? 0 : 1)

const save = ['self', 'result'] as const

defineDerivatives<typeof reductionSchemas>({
  sum: {
    node: numbered('Sum'),
    self: (g, { dim, keepdim }, { self }) => spread(g, dim, keepdim, self.shape),
  },
  nansum: {
    save: ['self'],
    self: (g, { self, dim, keepdim }) =>
      spread(g, dim, keepdim, self.shape).mul(self.isnan().logicalNot()),
  },
  mean: {
    node: numbered('Mean'),
    self: (g, { dim, keepdim }, { self }) => meanBackward(g, self.shape, dim, keepdim),
  },
  prod: {
    node: numbered('Prod'),
    save,
    self: (g, { self, result, dim, keepdim }) => prodBackward(g, self, result, dim, keepdim),
  },
  amax: {
    save,
    self: (g, { self, result, dim, keepdim }) => evenly(g, self, result, dim, keepdim),
  },
  amin: {
    save,
    self: (g, { self, result, dim, keepdim }) => evenly(g, self, result, dim, keepdim),
  },
  aminmax: {
    save: ['self', 'min', 'max'],
    self: (g, { self, min, max, dim, keepdim }) =>
      evenly(g.min, self, min, dim, keepdim).add(evenly(g.max, self, max, dim, keepdim)),
  },
  max: {
    node: 'MaxBackward1',
    save,
    self: (g, { self, result }) => evenly(g, self, result, undefined, false),
  },
  min: {
    node: 'MinBackward1',
    save,
    self: (g, { self, result }) => evenly(g, self, result, undefined, false),
  },
  'max.dim': {
    node: 'MaxBackward0',
    save: ['indices'],
    self: (g, { indices, dim, keepdim }, { self }) =>
      toSelected(g.values, indices, dim, keepdim, self.shape),
  },
  'min.dim': {
    node: 'MinBackward0',
    save: ['indices'],
    self: (g, { indices, dim, keepdim }, { self }) =>
      toSelected(g.values, indices, dim, keepdim, self.shape),
  },
  logsumexp: {
    save,
    self: (g, { self, result, dim, keepdim }) => {
      const whole = restored(result, dim, keepdim, self.shape)
      return spread(g, dim, keepdim, self.shape).mul(self.sub(whole).exp())
    },
  },
  var: {
    save: ['self'],
    self: (g, { self, unbiased }) => varBackward(g, self, undefined, unbiased ? 1 : 0, false),
  },
  'var.dim': {
    node: 'VarBackward0',
    save: ['self'],
    self: (g, s) => varBackward(g, s.self, s.dim, correctionOf(s), s.keepdim),
  },
  std: {
    save,
    self: (g, { self, result, unbiased }) =>
      varBackward(stdBackward(g, result), self, undefined, unbiased ? 1 : 0, false),
  },
  'std.dim': {
    node: 'StdBackward0',
    save,
    self: (g, s) =>
      varBackward(stdBackward(g, s.result), s.self, s.dim, correctionOf(s), s.keepdim),
  },
  var_mean: {
    save: ['self'],
    self: (g, { self, unbiased }) =>
      varBackward(g.var, self, undefined, unbiased ? 1 : 0, false).add(
        meanBackward(g.mean, self.shape, undefined, false),
      ),
  },
  'var_mean.dim': {
    node: 'VarMeanBackward0',
    save: ['self'],
    self: (g, s) =>
      varBackward(g.var, s.self, s.dim, correctionOf(s), s.keepdim).add(
        meanBackward(g.mean, s.self.shape, s.dim, s.keepdim),
      ),
  },
  std_mean: {
    save: ['self', 'std'],
    self: (g, { self, std, unbiased }) =>
      varBackward(stdBackward(g.std, std), self, undefined, unbiased ? 1 : 0, false).add(
        meanBackward(g.mean, self.shape, undefined, false),
      ),
  },
  'std_mean.dim': {
    node: 'StdMeanBackward0',
    save: ['self', 'std'],
    self: (g, s) =>
      varBackward(stdBackward(g.std, s.std), s.self, s.dim, correctionOf(s), s.keepdim).add(
        meanBackward(g.mean, s.self.shape, s.dim, s.keepdim),
      ),
  },
})

defineNonDifferentiable<typeof reductionSchemas>([
  'argmax',
  'argmin',
  'any',
  'all',
  'count_nonzero',
])
