import { cat, finfo, type scanSchemas, stack, type Tensor, wrapDim } from '@sconce/core'
import { defineDerivatives } from './row.ts'

/** Sums from each position to the end. */
const reversedCumsum = (t: Tensor, dim: number): Tensor => t.flip(dim).cumsum(dim).flip(dim)

/**
 * Gradient of a running product. Without zeros every later product is proportional to 1/x; with zeros
 * the products that leave one out are built anew for each position.
 */
function cumprodBackward(g: Tensor, self: Tensor, result: Tensor, dim: number): Tensor {
  if (self.numel() === 0 || self.ndim === 0) return g
  const d = wrapDim(dim, self.ndim)
  const readable = self.storage.device.backend.info.readSync === 'free'
  const zeros = !readable || Boolean(self.detach().eq(0).any().item())
  if (!zeros) return reversedCumsum(result.mul(g), d).div(self)
  const length = self.shape[d]
  const parts: Tensor[] = []
  for (let k = 0; k < length; k++) {
    // Products up to each i ≥ k, leaving k out.
    const before = k === 0 ? self.narrow(d, 0, 1).onesLike() : self.narrow(d, 0, k).prod(d, true)
    const after =
      k === length - 1
        ? before
        : cat([before, before.mul(self.narrow(d, k + 1, length - k - 1).cumprod(d))], d)
    parts.push(
      g
        .narrow(d, k, length - k)
        .mul(after)
        .sum(d),
    )
  }
  return stack(parts, d)
}

/** In log space, each sign apart, as PyTorch does: with a finite log of 0, so that slopes are finite. */
function logcumsumexpBackward(g: Tensor, self: Tensor, result: Tensor, dim: number): Tensor {
  if (self.numel() === 0) return g
  const { min } = finfo(g.dtype)
  const part = (magnitude: Tensor) => {
    const logs = magnitude.log().where(magnitude.gt(0), min)
    return logs.sub(result).flip(dim).logcumsumexp(dim).flip(dim).add(self).exp()
  }
  if (self.ndim === 0) return g
  return part(g).sub(part(g.neg()))
}

const toPositions = (g: Tensor, indices: Tensor, dim: number): Tensor =>
  g.ndim === 0 ? g : g.zerosLike().scatterAdd(dim, indices, g)

defineDerivatives<typeof scanSchemas>({
  cumsum: { self: (g, { dim }) => (g.ndim === 0 ? g : reversedCumsum(g, dim)) },
  cumprod: {
    save: ['self', 'result'],
    self: (g, { self, result, dim }) => cumprodBackward(g, self, result, dim),
  },
  cummax: {
    save: ['indices'],
    self: (g, { indices, dim }) => toPositions(g.values, indices, dim),
  },
  cummin: {
    save: ['indices'],
    self: (g, { indices, dim }) => toPositions(g.values, indices, dim),
  },
  logcumsumexp: {
    save: ['self', 'result'],
    self: (g, { self, result, dim }) => logcumsumexpBackward(g, self, result, dim),
  },
})
