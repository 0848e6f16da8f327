import { constant, type Expr, index } from '@sconce/backend'
import { check, sizes } from '../../errors.ts'
import { mapTo } from '../../kernel-call.ts'
import type { Schemas } from '../../schema/types.ts'
import { callOperation, define, type FamilyImplementations } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { pickSpace } from './pool.ts'

/** Pools to a given size; `torch.nn.functional`. */
export const adaptivePoolSchemas = {
  adaptiveAvgPool1d: 'adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor',
  adaptiveAvgPool2d: 'adaptive_avg_pool2d(Tensor self, int?[] output_size) -> Tensor',
  adaptiveAvgPool3d: 'adaptive_avg_pool3d(Tensor self, int?[] output_size) -> Tensor',
  adaptiveMaxPool1d: [
    'adaptive_max_pool1d(Tensor self, int[1] output_size, false return_indices=False) -> Tensor',
    'adaptive_max_pool1d.indices(Tensor self, int[1] output_size, true return_indices) -> (Tensor values, Tensor indices)',
  ],
  adaptiveMaxPool2d: [
    'adaptive_max_pool2d(Tensor self, int?[] output_size, false return_indices=False) -> Tensor',
    'adaptive_max_pool2d.indices(Tensor self, int?[] output_size, true return_indices) -> (Tensor values, Tensor indices)',
  ],
  adaptiveMaxPool3d: [
    'adaptive_max_pool3d(Tensor self, int?[] output_size, false return_indices=False) -> Tensor',
    'adaptive_max_pool3d.indices(Tensor self, int?[] output_size, true return_indices) -> (Tensor values, Tensor indices)',
  ],
} as const satisfies Schemas

const ranges = (size: number, out: number): [number, number][] =>
  Array.from({ length: out }, (_, o) => [
    Math.floor((o * size) / out),
    Math.ceil(((o + 1) * size) / out),
  ])

/** Output sizes with those left out (null) taken from the input. */
function adaptiveSizes(
  x: Tensor,
  n: number,
  given: readonly (number | undefined)[],
  name: string,
): number[] {
  check(
    x.ndim === n + 1 || x.ndim === n + 2,
    () => `${name}: Expected ${n + 1}D or ${n + 2}D tensor, but got ${sizes(x.shape)}`,
  )
  const list = given.length === 1 ? (Array(n).fill(given[0]) as (number | undefined)[]) : given
  check(list.length === n, () => `${name}: output_size must be ${n}`)
  return list.map((s, i) => s ?? x.shape[x.ndim - n + i])
}

/** Averages over the parts of each dim, one dim after the other. */
function adaptiveAvg(n: number, x: Tensor, given: readonly (number | undefined)[]): Tensor {
  const out = adaptiveSizes(x, n, given, `adaptive_avg_pool${n}d`)
  const result = out.reduce((t, size, i) => {
    const d = x.ndim - n + i
    const length = t.shape[d]
    if (size === length) return t
    if (length % size === 0) return t.unflatten(d, [size, length / size]).mean(d + 1)
    const parts = ranges(length, size).map(([a, b]) => t.narrow(d, a, b - a).mean(d, true))
    return parts.length > 0 ? (callOperation('cat', [parts, d]) as Tensor) : t.narrow(d, 0, 0)
  }, x)
  return result === x ? x.clone() : result
}

/** The maximum of each box, one box at a time per dim: positions are carried along. */
function adaptiveMax(
  n: number,
  x: Tensor,
  given: readonly (number | undefined)[],
): { values: Tensor; indices: Tensor } {
  const out = adaptiveSizes(x, n, given, `adaptive_max_pool${n}d`)
  const source = x.detach()
  const lead = x.shape.slice(0, x.ndim - n)
  let values = source
  let positions = mapTo(
    [
      x.shape
        .slice(x.ndim - n)
        .reduce<Expr>(
          (sum, size, i) => sum.mul(size).add(index(lead.length + i)),
          constant(0, 'int32'),
        ),
    ],
    [],
    x.shape,
    [],
    x.storage.device,
  )[0]
  // Last dim first, so that ties go to the first position in row-major order.
  for (let i = n - 1; i >= 0; i--) {
    const d = lead.length + i
    const parts = ranges(values.shape[d], out[i]).map(([a, b]) => {
      const at = values.narrow(d, a, b - a).argmax(d, true)
      return [values.narrow(d, a, b - a).gather(d, at), positions.narrow(d, a, b - a).gather(d, at)]
    })
    if (parts.length === 0) {
      values = values.narrow(d, 0, 0)
      positions = positions.narrow(d, 0, 0)
      continue
    }
    const join = (k: number) => callOperation('cat', [parts.map((p) => p[k]), d]) as Tensor
    values = join(0)
    positions = join(1)
  }
  return { values: pickSpace(x, positions, n), indices: positions }
}

const implementations: FamilyImplementations<typeof adaptivePoolSchemas> = {
  adaptive_avg_pool1d: (x, size) => adaptiveAvg(1, x, size),
  adaptive_avg_pool2d: (x, size) => adaptiveAvg(2, x, size),
  adaptive_avg_pool3d: (x, size) => adaptiveAvg(3, x, size),
  adaptive_max_pool1d: (x, size) => adaptiveMax(1, x, size).values,
  adaptive_max_pool2d: (x, size) => adaptiveMax(2, x, size).values,
  adaptive_max_pool3d: (x, size) => adaptiveMax(3, x, size).values,
  'adaptive_max_pool1d.indices': (x, size) => adaptiveMax(1, x, size),
  'adaptive_max_pool2d.indices': (x, size) => adaptiveMax(2, x, size),
  'adaptive_max_pool3d.indices': (x, size) => adaptiveMax(3, x, size),
}

define(adaptivePoolSchemas, implementations, 'functional')
