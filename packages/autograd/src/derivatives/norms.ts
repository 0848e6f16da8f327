import type { innerNormSchemas, Tensor } from '@sconce/core'
import { defineDerivatives } from './row.ts'
import { restored, spread } from './shapes.ts'

// At 0 the subgradient is 0, in every order: what divides by a length of 0 divides by infinity instead.
const lengthOr = (length: Tensor, instead: number): Tensor =>
  length.maskedFill(length.eq(0), instead)

defineDerivatives<typeof innerNormSchemas>({
  _euclidean_norm: {
    node: ({ node }) => node,
    save: ['self', 'result'],
    self: (g, { self, result, dim, keepdim }) => {
      const length = restored(result, dim, keepdim, self.shape)
      const ratio = spread(g, dim, keepdim, self.shape).div(lengthOr(length, Infinity))
      return self.mul(ratio)
    },
  },
  _p_norm: {
    node: 'LinalgVectorNormBackward0',
    save: ['self', 'result'],
    self: (g, { self, result, p, dim, keepdim }) => {
      const length = restored(result, dim, keepdim, self.shape)
      const powers = self
        .abs()
        .pow(p - 1)
        .maskedFill(self.eq(0), 0)
        .mul(self.sign())
      const scale = lengthOr(length, 1)
        .pow(p - 1)
        .maskedFill(length.eq(0), Infinity)
      return powers.mul(spread(g, dim, keepdim, self.shape).div(scale))
    },
  },
  // A count of elements: it has a place in the graph, but no gradient.
  _zero_norm: {
    node: 'LinalgVectorNormBackward0',
    self: () => null,
  },
})
