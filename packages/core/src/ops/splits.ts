import { check, IndexError, sizes } from '../errors.ts'
import type { Schemas } from '../schema/types.ts'
import { wrapDim } from '../shape.ts'
import { define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { select, sliced } from './views.ts'

/** Ops that show a tensor as several, without a copy. */
export const splitSchemas = {
  split: 'split(Tensor self, int|int[] split_size, int dim=0) -> Tensor[]',
  splitWithSizes: 'split_with_sizes(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]',
  chunk: 'chunk(Tensor self, int chunks, int dim=0) -> Tensor[]',
  tensorSplit:
    'tensor_split(Tensor self, int|int[]|Tensor indices_or_sections, int dim=0) -> Tensor[]',
  hsplit: 'hsplit(Tensor self, int|int[] indices_or_sections) -> Tensor[]',
  vsplit: 'vsplit(Tensor self, int|int[] indices_or_sections) -> Tensor[]',
  dsplit: 'dsplit(Tensor self, int|int[] indices_or_sections) -> Tensor[]',
  unbind: 'unbind(Tensor self, int dim=0) -> Tensor[]',
} as const satisfies Schemas

/** Consecutive parts of `dim` of the given lengths. */
function parts(t: Tensor, d: number, lengths: readonly number[]): Tensor[] {
  let start = 0
  return lengths.map((length) => {
    const part = sliced(t, d, start, length, 1)
    start += length
    return part
  })
}

function splitWithSizes(t: Tensor, lengths: number[], dim: number): Tensor[] {
  check(t.ndim > 0, () => 'split expects at least a 1-dimensional tensor')
  const d = wrapDim(dim, t.ndim)
  check(
    lengths.every((n) => n >= 0),
    () =>
      `split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=${sizes(lengths)}`,
  )
  check(
    lengths.reduce((a, b) => a + b, 0) === t.shape[d],
    () =>
      `split_with_sizes expects split_sizes to sum exactly to ${t.shape[d]} (input tensor's size at dimension ${d}), but got split_sizes=${sizes(lengths)}`,
  )
  return parts(t, d, lengths)
}

function split(t: Tensor, size: number | number[], dim: number): Tensor[] {
  if (Array.isArray(size)) return splitWithSizes(t, size, dim)
  check(t.ndim > 0, () => 'split expects at least a 1-dimensional tensor')
  check(size >= 0, () => `split expects split_size be non-negative, but got split_size=${size}`)
  const d = wrapDim(dim, t.ndim)
  const length = t.shape[d]
  check(
    size > 0 || length === 0,
    () => `split_size can only be 0 if dimension size is 0, but got dimension size of ${length}`,
  )
  const count = size === 0 ? 1 : Math.max(Math.ceil(length / size), 1)
  return parts(
    t,
    d,
    Array.from({ length: count }, (_, i) => (i < count - 1 ? size : length - size * (count - 1))),
  )
}

function chunk(t: Tensor, chunks: number, dim: number): Tensor[] {
  check(t.ndim > 0, () => 'chunk expects at least a 1-dimensional tensor')
  check(chunks > 0, () => `chunk expects \`chunks\` to be greater than 0, got: ${chunks}`)
  const d = wrapDim(dim, t.ndim)
  const size = Math.ceil(t.shape[d] / chunks)
  // Of an empty dim all chunks are empty, as many as asked for.
  return size === 0 ? t.splitWithSizes(Array<number>(chunks).fill(0), d) : t.split(size, d)
}

function tensorSplit(t: Tensor, at: number | number[] | Tensor, dim: number): Tensor[] {
  check(
    t.ndim > 0,
    () =>
      `tensor_split expected at least a 1-dimensional tensor, but got a tensor with ${t.ndim} dims`,
  )
  const d = wrapDim(dim, t.ndim)
  const length = t.shape[d]
  let given = at
  if (typeof given === 'object' && !Array.isArray(given)) {
    check(
      given.ndim <= 1,
      () =>
        `tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with ${(at as Tensor).ndim} dims`,
    )
    const values = Array.from(given.toTypedArray() as ArrayLike<number | bigint>, Number)
    given = given.ndim === 0 ? values[0] : values
  }
  if (typeof given === 'number') {
    const sections = given
    check(sections > 0, () => `number of sections must be larger than 0, got ${sections}`)
    const base = Math.floor(length / sections)
    const longer = length % sections
    return Array.from({ length: sections }, (_, i) =>
      t.narrow(d, i * base + Math.min(i, longer), base + (i < longer ? 1 : 0)),
    )
  }
  const edges = [...given, undefined]
  return edges.map((end, i) => t.slice(d, i === 0 ? 0 : given[i - 1], end))
}

/** `hsplit` and its like: `tensorSplit` along a fixed dim, equal parts only. */
const directed =
  (name: string, rank: number, dimOf: (t: Tensor) => number) =>
  (t: Tensor, at: number | number[]): Tensor[] => {
    check(
      t.ndim >= rank,
      () =>
        `torch.${name} requires a tensor with at least ${rank} dimension, but got a tensor with ${t.ndim} dimensions!`,
    )
    const d = dimOf(t)
    if (typeof at === 'number') {
      check(
        at !== 0 && t.shape[d] % at === 0,
        () =>
          `torch.${name} attempted to split along dimension ${d}, but the size of the dimension ${t.shape[d]} is not divisible by the split_size ${at}!`,
      )
    }
    return tensorSplit(t, at, d)
  }

const implementations: FamilyImplementations<typeof splitSchemas> = {
  split,
  split_with_sizes: splitWithSizes,
  chunk,
  tensor_split: tensorSplit,
  hsplit: directed('hsplit', 1, (t) => (t.ndim === 1 ? 0 : 1)),
  vsplit: directed('vsplit', 2, () => 0),
  dsplit: directed('dsplit', 3, () => 2),
  unbind: (t, dim) => {
    const d = wrapDim(dim, t.ndim)
    if (t.ndim === 0) throw new IndexError('Dimension specified as 0 but tensor has no dimensions')
    return Array.from({ length: t.shape[d] }, (_, i) => select(t, d, i))
  },
}

define(splitSchemas, implementations)
