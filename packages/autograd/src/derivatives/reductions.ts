import { elementCount } from '@sconce/backend'
import type { reductionSchemas } from '@sconce/core'
import { defineDerivatives, defineNonDifferentiable } from './row.ts'
import { dimsOf, spread } from './shapes.ts'

/** PyTorch numbers the form without dims 0. */
const numbered =
  (name: string) =>
  ({ dim }: { dim: unknown }): string =>
    `${name}Backward${dim === undefined ? 0 : 1}`

defineDerivatives<typeof reductionSchemas>({
  sum: {
    node: numbered('Sum'),
    self: (g, { dim, keepdim }, { self }) => spread(g, dim, keepdim, self.shape),
  },
  mean: {
    node: numbered('Mean'),
    self: (g, { dim, keepdim }, { self }) => {
      const { shape } = self
      const count = elementCount(dimsOf(dim, shape.length).map((d) => shape[d]))
      return spread(g.div(count), dim, keepdim, shape)
    },
  },
})

defineNonDifferentiable<typeof reductionSchemas>([
  'argmax',
  'argmin',
  'any',
  'all',
  'count_nonzero',
])
