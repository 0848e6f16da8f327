import type { copySchemas, creationSchemas } from '@sconce/core'
import { defineDerivatives, defineNonDifferentiable } from './row.ts'
import { zerosFor } from './shapes.ts'

defineDerivatives<typeof copySchemas>({
  clone: { self: (g) => g },
  copy: {
    node: 'CopyBackwards',
    self: (g, _, { self }) => zerosFor(g, self),
    src: (g, _, { src }) => (g.storage.device === src.device ? g : g.to(src.device.name)),
  },
  _to_copy: {
    self: (g, _, { self }) => (g.storage.device === self.device ? g : g.to(self.device.name)),
  },
})

defineDerivatives<typeof creationSchemas>({
  fill: {
    // Of tensor arguments a name sees only saved ones: a number is there, a tensor isn't.
    node: ({ value }) => (value === undefined ? 'FillBackward3' : 'FillBackward2'),
    self: (g, _, { self }) => zerosFor(g, self),
    value: (g) => g.sum(),
  },
  zero: { self: (g, _, { self }) => zerosFor(g, self) },
})

defineNonDifferentiable<typeof creationSchemas>([
  'zeros_like',
  'ones_like',
  'empty_like',
  'full_like',
  'new_zeros',
  'new_ones',
  'new_empty',
  'new_full',
])
