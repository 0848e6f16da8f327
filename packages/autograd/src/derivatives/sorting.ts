import type { sortingSchemas, statisticsSchemas, Tensor } from '@sconce/core'
import { toSelected } from './reductions.ts'
import { defineDerivatives, defineNonDifferentiable } from './row.ts'

interface Selected {
  readonly indices: Tensor
  readonly dim: number
  readonly keepdim: boolean
}

/** A row of an op that selects one element of each row. */
const selection = {
  save: ['indices'],
  self: (
    g: { readonly values: Tensor },
    { indices, dim, keepdim }: Selected,
    { self }: { readonly self: { readonly shape: readonly number[] } },
  ) => toSelected(g.values, indices, dim, keepdim, self.shape),
} as const

/** A row of an op that reorders elements. */
const reordering = {
  save: ['indices'],
  self: (
    g: { readonly values: Tensor },
    { indices, dim }: Omit<Selected, 'keepdim'>,
    { self }: { readonly self: { readonly shape: readonly number[] } },
  ) => toSelected(g.values, indices, dim, true, self.shape),
} as const

/** The median of all is one of several equal elements: they share. */
const ofAll = {
  save: ['self', 'result'],
  self: (g: Tensor, { self, result }: { readonly self: Tensor; readonly result: Tensor }) => {
    const chosen = self.eq(result).logicalOr(self.isnan().logicalAnd(result.isnan()))
    return g.div(chosen.sum()).mul(chosen)
  },
} as const

defineDerivatives<typeof sortingSchemas>({
  sort: reordering,
  'sort.stable': { node: 'SortBackward1', ...reordering },
  topk: reordering,
  kthvalue: selection,
  mode: selection,
  median: ofAll,
  'median.dim': { node: 'MedianBackward1', ...selection },
  nanmedian: ofAll,
  'nanmedian.dim': { node: 'NanmedianBackward1', ...selection },
})

defineNonDifferentiable<typeof sortingSchemas>([
  'argsort',
  'argsort.stable',
  'searchsorted',
  'bucketize',
])

defineDerivatives<typeof statisticsSchemas>({
  frexp: {
    save: ['exponent'],
    self: (g, { exponent }) => g.mantissa.div(exponent.to(g.mantissa.dtype).exp2()),
  },
})

defineNonDifferentiable<typeof statisticsSchemas>([
  'bincount',
  'histc',
  'unique',
  'unique.inverse',
  'unique.counts',
  'unique.both',
  'unique_consecutive',
  'unique_consecutive.inverse',
  'unique_consecutive.counts',
  'unique_consecutive.both',
  'isin',
  'isclose',
  'gcd',
  'lcm',
])
