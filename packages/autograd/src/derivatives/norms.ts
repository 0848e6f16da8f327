import type { innerNormSchemas } from '@sconce/core'
import { defineDerivatives } from './row.ts'
import { restored, spread } from './shapes.ts'

// At 0 the subgradient is 0, and a power below 0 of it would be infinite.
defineDerivatives<typeof innerNormSchemas>({
  _euclidean_norm: {
    node: ({ node }) => node,
    save: ['self', 'result'],
    self: (g, { self, result, dim, keepdim }) => {
      const length = restored(result, dim, keepdim, self.shape)
      const ratio = spread(g, dim, keepdim, self.shape).div(length)
      return self.mul(ratio.maskedFill(length.eq(0), 0))
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
      const scale = spread(g, dim, keepdim, self.shape)
        .div(length.pow(p - 1))
        .maskedFill(length.eq(0), 0)
      return powers.mul(scale)
    },
  },
  // A count of elements: it has a place in the graph, but no gradient.
  // A count is constant between jumps.
  _zero_norm: {
    node: 'LinalgVectorNormBackward0',
    self: (g, _, { self }) => g.newZeros(self.shape),
  },
})
