import type { shapeSchemas } from '@sconce/core'
import { defineDerivatives, defineNonDifferentiable } from './row.ts'

const negated = (list: readonly number[]): number[] => list.map((v) => -v)

defineDerivatives<typeof shapeSchemas>({
  repeat: {
    self: (g, { repeats }, { self }) => {
      const lead = Array<number>(repeats.length - self.shape.length).fill(1)
      const shape = [...lead, ...self.shape]
      if (g.numel() === 0) return g.newZeros(self.shape)
      const apart = g.reshape(shape.flatMap((s, d) => [repeats[d], s]))
      return apart.sum(shape.map((_, d) => 2 * d)).reshape(self.shape)
    },
  },
  roll: { self: (g, { shifts, dims }) => g.roll(negated(shifts), dims) },
  flip: { self: (g, { dims }) => g.flip(dims) },
  tril: { self: (g, { diagonal }) => g.tril(diagonal) },
  triu: { self: (g, { diagonal }) => g.triu(diagonal) },
  constant_pad_nd: { self: (g, { pad }) => g.constantPadNd(negated(pad)) },
  fill_diagonal: { self: (g, { wrap }) => g.fillDiagonal(0, wrap) },
})

defineNonDifferentiable<typeof shapeSchemas>(['tril_indices', 'triu_indices'])
