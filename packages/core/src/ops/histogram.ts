import { type DType, dtypes, isFloat } from '@sconce/backend'
import { check, RuntimeError, sizes } from '../errors.ts'
import { typeNames } from '../random/dtype-limits.ts'
import type { Schemas } from '../schema/types.ts'
import { sameShape } from '../shape.ts'
import { define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { readNumbers, writeNumbers } from './host-map.ts'

/** Counts of elements, or of points of several dims, between edges. */
export const histogramSchemas = {
  histogram: [
    'histogram.bin_ct(Tensor self, int bins=100, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)',
    'histogram.bins_tensor(Tensor self, Tensor bins, *, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)',
  ],
  /** The last dim holds the coordinates of a point; `torch.histogramdd`. */
  histogramdd: [
    'histogramdd(Tensor self, int|int[] bins, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)',
    'histogramdd.TensorList_bins(Tensor self, Tensor[] bins, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (Tensor hist, Tensor[] bin_edges)',
  ],
} as const satisfies Schemas

const title = (dtype: DType): string => typeNames[dtype]

function checkInputs(t: Tensor, edges: readonly Tensor[], weight: Tensor | undefined): void {
  const dims = t.shape[t.ndim - 1]
  check(
    edges.length === dims,
    () =>
      `torch.histogramdd: expected ${dims} sequences of bin edges for a ${dims}-dimensional histogram but got ${edges.length}`,
  )
  edges.forEach((e, d) => {
    check(
      e.dtype === t.dtype,
      () =>
        `torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with dtype ${title(t.dtype)} and bins for dimension ${d} with dtype ${title(e.dtype)}`,
    )
    check(
      e.ndim === 1,
      () =>
        `torch.histogramdd: bins tensor should have one dimension, but got ${e.ndim} dimensions in the bins tensor for dimension ${d}`,
    )
    check(
      e.numel() > 0,
      () =>
        `torch.histogramdd: bins tensor should have at least 1 element, but got ${e.numel()} elements in the bins tensor for dimension ${d}`,
    )
  })
  if (weight) {
    check(
      weight.dtype === t.dtype,
      () =>
        `torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same dtype, but got input(${title(t.dtype)}), and weight(${title(weight.dtype)})`,
    )
    check(
      sameShape(weight.shape, t.shape.slice(0, -1)),
      () =>
        `torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension, but got input with shape ${sizes(t.shape)} and weight with shape ${sizes(weight.shape)}`,
    )
  }
  edges.forEach((e, d) => {
    checkCount(e.numel() - 1, d)
  })
  if (!isFloat(t.dtype)) {
    throw new RuntimeError(`"histogramdd" not implemented for '${dtypes[t.dtype].scalarType}'`)
  }
}

const checkCount = (bins: number, dim: number): void =>
  check(bins > 0, () => `torch.histogram(): bins must be > 0, but got ${bins} for dimension ${dim}`)

/** The bin of `x` between increasing edges, of which the last bin has both; -1 outside. */
function binOf(x: number, edges: readonly number[]): number {
  const bins = edges.length - 1
  if (!(x >= edges[0] && x <= edges[bins])) return -1
  let [low, high] = [0, bins]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (x < edges[middle]) high = middle
    else low = middle
  }
  return low
}

/** Sums of weights by bin; on the host. */
function counted(
  t: Tensor,
  edges: readonly Tensor[],
  weight: Tensor | undefined,
  density: boolean,
): Tensor {
  const bounds = edges.map(readNumbers)
  const dims = bounds.length
  const shape = bounds.map((b) => b.length - 1)
  const points = t.numel() / Math.max(dims, 1)
  const values = readNumbers(t)
  const weights = weight && readNumbers(weight)
  const counts = Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0)
  for (let p = 0; p < points; p++) {
    let at = 0
    for (let d = 0; d < dims && at >= 0; d++) {
      const bin = binOf(values[p * dims + d], bounds[d])
      at = bin < 0 ? -1 : at * shape[d] + bin
    }
    if (at >= 0) counts[at] += weights ? weights[p] : 1
  }
  const hist = writeNumbers(counts, t.dtype, t, shape)
  if (!density) return hist
  return edges.reduce(
    (h, e, d) => h.div(e.diff().reshape(shape.map((_, k) => (k === d ? -1 : 1)))),
    hist.div(hist.sum()),
  )
}

/** The ends of the bins of dim `d` of a histogram: given, or the least and the largest element. */
function rangeOf(t: Tensor, d: number, range: number[] | undefined): [number, number] {
  let [low, high] = [0, 1]
  if (range) {
    ;[low, high] = range.slice(2 * d)
  } else if (t.numel() > 0) {
    const { min, max } = t.select(-1, d).aminmax()
    ;[low, high] = [min.item(), max.item()]
  }
  const text = (x: number) => (Number.isNaN(x) ? 'nan' : String(x).replace('Infinity', 'inf'))
  check(
    Number.isFinite(low) && Number.isFinite(high),
    () => `torch.histogramdd: dimension ${d}'s range [${text(low)}, ${text(high)}] is not finite`,
  )
  check(
    low <= high,
    () =>
      `torch.histogramdd: min should not exceed max, but got min ${low} max ${high} for dimension ${d}`,
  )
  return low === high ? [low - 0.5, high + 0.5] : [low, high]
}

/** Edges at equal distances. */
function evenEdges(t: Tensor, bins: readonly number[], range: number[] | undefined): Tensor[] {
  check(t.ndim >= 2, () => 'torch.histogramdd: input tensor should have at least 2 dimensions')
  const dims = t.shape[t.ndim - 1]
  check(
    range === undefined || range.length === 2 * dims,
    () =>
      `torch.histogramdd: for a ${dims}-dimensional histogram range should have ${2 * dims} elements, but got ${range?.length}`,
  )
  for (let d = 0; d < dims; d++) checkCount(bins[d] ?? 0, d)
  return Array.from({ length: dims }, (_, d) => {
    const [low, high] = rangeOf(t, d, range)
    const step = (high - low) / bins[d]
    // From both ends, as `linspace`.
    const edges = Array.from({ length: bins[d] + 1 }, (_, i) =>
      2 * i < bins[d] + 1 ? low + step * i : high - step * (bins[d] - i),
    )
    return writeNumbers(edges, t.dtype, t)
  })
}

function histogramdd(
  t: Tensor,
  edges: readonly Tensor[],
  weight: Tensor | undefined,
  density: boolean,
): { hist: Tensor; binEdges: Tensor[] } {
  check(t.ndim >= 2, () => 'torch.histogramdd: input tensor should have at least 2 dimensions')
  checkInputs(t, edges, weight)
  return { hist: counted(t, edges, weight, density), binEdges: edges.map((e) => e.alias()) }
}

/** The elements as points of one coordinate. */
const asPoints = (t: Tensor): Tensor => t.reshape([-1, 1])

function histogram(
  t: Tensor,
  edges: Tensor,
  weight: Tensor | undefined,
  density: boolean,
): { hist: Tensor; binEdges: Tensor } {
  const { hist, binEdges } = histogramdd(asPoints(t), [edges], weight?.reshape([-1]), density)
  return { hist, binEdges: binEdges[0].clone() }
}

const implementations: FamilyImplementations<typeof histogramSchemas> = {
  'histogram.bin_ct': (t, bins, range, weight, density) =>
    histogram(t, evenEdges(asPoints(t), [bins], range)[0], weight, density),
  'histogram.bins_tensor': histogram,
  histogramdd: (t, bins, range, weight, density) => {
    const counts = Array.isArray(bins) ? bins : Array<number>(t.shape[t.ndim - 1] ?? 0).fill(bins)
    return histogramdd(t, evenEdges(t, counts, range), weight, density)
  },
  'histogramdd.TensorList_bins': (t, bins, _range, weight, density) =>
    histogramdd(t, bins, weight, density),
}

define(histogramSchemas, implementations)
