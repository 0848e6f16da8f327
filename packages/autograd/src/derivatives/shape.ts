import type { shapeSchemas } from '@sconce/core'
import { defineDerivatives, defineNonDifferentiable } from './row.ts'

const negated = (list: readonly number[]): number[] => list.map((v) => -v)

defineDerivatives<typeof shapeSchemas>({
  roll: { self: (g, { shifts, dims }) => g.roll(negated(shifts), dims) },
  flip: { self: (g, { dims }) => g.flip(dims) },
  tril: { self: (g, { diagonal }) => g.tril(diagonal) },
  triu: { self: (g, { diagonal }) => g.triu(diagonal) },
  constant_pad_nd: { self: (g, { pad }) => g.constantPadNd(negated(pad)) },
  fill_diagonal: { self: (g, { wrap }) => g.fillDiagonal(0, wrap) },
})

defineNonDifferentiable<typeof shapeSchemas>(['tril_indices', 'triu_indices'])
