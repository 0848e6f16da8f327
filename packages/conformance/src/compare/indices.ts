/** Ops that return positions of elements, where equal elements have equally good positions. */
import { newArray } from '@sconce/backend'
import type { GoldenValue, GoldenValues } from '../golden/types.ts'
import { at, type CompareOptions, type Comparison, different, worst } from './comparison.ts'
import { decodeTensor } from './decode.ts'
import type { HostTensor } from './host.ts'
import { compareTensors } from './tensors.ts'

interface Search {
  /** The output that holds positions. */
  readonly output: number
  /** Where the dim stands among the arguments. */
  readonly dim: number
}

/** By PyTorch's name. */
const searches: Readonly<Record<string, Search>> = {
  topk: { output: 1, dim: 2 },
  kthvalue: { output: 1, dim: 2 },
  median: { output: 1, dim: 1 },
  nanmedian: { output: 1, dim: 1 },
  mode: { output: 1, dim: 1 },
  sort: { output: 1, dim: 1 },
  argsort: { output: 0, dim: 1 },
}

/** What positions point to. */
export interface Searched {
  /** The output that holds them. */
  readonly output: number
  readonly input: HostTensor
  readonly dim: number
}

/** What a recorded call searched; undefined for ops whose positions are unique, as those of a stable sort. */
export function searchedBy(
  op: string,
  { args, kwargs }: { readonly args: readonly GoldenValue[]; readonly kwargs: GoldenValues },
): Searched | undefined {
  const search = Object.hasOwn(searches, op) ? searches[op] : undefined
  const [input] = args
  if (!search || input?.t !== 'tensor') return undefined
  if (kwargs.stable?.t === 'bool' && kwargs.stable.v) return undefined
  const dim = args[search.dim] ?? kwargs.dim
  return {
    output: search.output,
    input: decodeTensor(input),
    dim: dim?.t === 'int' ? Number(dim.v) : -1,
  }
}

/** The elements at positions along a dim, as `torch.gather` reads them; undefined where one is out of range. */
function elementsAt({ input, dim }: Searched, positions: HostTensor): HostTensor | undefined {
  const { shape } = input
  const axis = dim < 0 ? dim + Math.max(1, shape.length) : dim
  const length = shape[axis] ?? 1
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1)
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1)
  const taken = positions.data.length / Math.max(1, inner * outer)
  const picked = newArray(input.dtype, positions.data.length)
  for (let i = 0; i < positions.data.length; i++) {
    const position = Number(positions.data[i])
    if (!(position >= 0 && position < length)) return undefined
    const block = Math.floor(i / (inner * taken))
    picked[i] = input.data[(block * length + position) * inner + (i % inner)]
  }
  return { dtype: input.dtype, shape: positions.shape, data: picked }
}

/**
 * Compares outputs of which one holds positions: positions that differ must point to elements that are
 * equal to the expected ones.
 */
export function compareSearch(
  actual: readonly HostTensor[],
  expected: readonly HostTensor[],
  searched: Searched,
  options: CompareOptions,
): Comparison {
  if (actual.length !== expected.length)
    return different(`expected ${expected.length} outputs, got ${actual.length}`)
  const comparisons = expected.map((tensor, i) => {
    const direct = at(`output ${i}`, compareTensors(actual[i], tensor, options))
    if (direct.ok || i !== searched.output) return direct
    const [a, e] = [elementsAt(searched, actual[i]), elementsAt(searched, tensor)]
    const samePlace = `${actual[i].shape}` === `${tensor.shape}`
    return a && e && samePlace && compareTensors(a, e, { tolerance: { rtol: 0, atol: 0 } }).ok
      ? { ...direct, ok: true, message: '' }
      : direct
  })
  return worst(comparisons)
}
