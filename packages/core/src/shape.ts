import { check, IndexError, RuntimeError, sizes } from './errors.ts'

/** Whether two shapes are equal. */
export const sameShape = (a: readonly number[], b: readonly number[]): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/**
 * `torch.broadcast_shapes` of two shapes.
 *
 * @throws RuntimeError in PyTorch's words where they don't fit.
 */
export function broadcastShapes(a: readonly number[], b: readonly number[]): readonly number[] {
  if (sameShape(a, b)) return a
  const rank = Math.max(a.length, b.length)
  const shape = new Array<number>(rank)
  for (let i = 0; i < rank; i++) {
    const p = a[i - rank + a.length] ?? 1
    const q = b[i - rank + b.length] ?? 1
    if (p !== q && p !== 1 && q !== 1) {
      throw new RuntimeError(
        `The size of tensor a (${p}) must match the size of tensor b (${q}) at non-singleton dimension ${i}`,
      )
    }
    shape[i] = p === 1 ? q : p
  }
  return shape
}

/** Strides of a layout seen as `shape`: 0 along the dims that it is broadcast over. */
export function broadcastStrides(
  t: { readonly shape: readonly number[]; readonly strides: readonly number[] },
  shape: readonly number[],
): number[] {
  const lead = shape.length - t.shape.length
  const strides = new Array<number>(shape.length)
  for (let i = 0; i < shape.length; i++) {
    strides[i] = i < lead || (t.shape[i - lead] === 1 && shape[i] !== 1) ? 0 : t.strides[i - lead]
  }
  return strides
}

/**
 * A dim in `[-rank, rank)` as a non-negative one; 0-d tensors have dims -1 and 0.
 *
 * @throws IndexError in PyTorch's words.
 */
export function wrapDim(dim: number, rank: number): number {
  const range = Math.max(rank, 1)
  if (dim < -range || dim >= range) {
    throw new IndexError(
      `Dimension out of range (expected to be in range of [${-range}, ${range - 1}], but got ${dim})`,
    )
  }
  return dim < 0 ? dim + range : dim
}

/** Wrapped dims; a dim that appears twice is an error. */
export function wrapDims(dims: readonly number[], rank: number): number[] {
  const wrapped = dims.map((d) => wrapDim(d, rank))
  const seen = new Set<number>()
  for (const d of wrapped) {
    check(!seen.has(d), () => `dim ${d} appears multiple times in the list of dims`)
    seen.add(d)
  }
  return wrapped
}

/** `shape` with a -1 replaced by what makes up `count` elements; PyTorch's `infer_size`. */
export function inferSize(shape: readonly number[], count: number): number[] {
  let known = 1
  let unknown = -1
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] === -1) {
      check(unknown < 0, () => 'only one dimension can be inferred')
      unknown = i
    } else {
      check(shape[i] >= 0, () => `invalid shape dimension ${shape[i]}`)
      known *= shape[i]
    }
  }
  const fits = unknown < 0 ? known === count : known > 0 && count % known === 0
  if (!fits) {
    check(
      !(unknown >= 0 && known === 0 && count === 0),
      () =>
        `cannot reshape tensor of 0 elements into shape ${sizes(shape)} because the unspecified dimension size -1 can be any value and is ambiguous`,
    )
    throw new RuntimeError(`shape '${sizes(shape)}' is invalid for input of size ${count}`)
  }
  const result = shape.slice()
  if (unknown >= 0) result[unknown] = count / known
  return result
}

/**
 * Strides that show the same elements in another shape without a copy, or undefined where there are
 * none; PyTorch's `computeStride`.
 */
export function viewStrides(
  shape: readonly number[],
  strides: readonly number[],
  target: readonly number[],
): number[] | undefined {
  const count = shape.reduce((a, b) => a * b, 1)
  if (count === 0) {
    const result = new Array<number>(target.length)
    let stride = 1
    for (let i = target.length - 1; i >= 0; i--) {
      result[i] = stride
      stride *= Math.max(target[i], 1)
    }
    return result
  }
  const result = new Array<number>(target.length)
  let view = target.length - 1
  let chunkBase = strides.at(-1) ?? 1
  let tensorCount = 1
  let viewCount = 1
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    tensorCount *= shape[dim]
    const last = dim === 0 || (shape[dim - 1] !== 1 && strides[dim - 1] !== tensorCount * chunkBase)
    if (!last) continue
    while (view >= 0 && (viewCount < tensorCount || target[view] === 1)) {
      result[view] = viewCount * chunkBase
      viewCount *= target[view]
      view--
    }
    if (viewCount !== tensorCount) return undefined
    if (dim > 0) {
      chunkBase = strides[dim - 1]
      tensorCount = 1
      viewCount = 1
    }
  }
  if (shape.length === 0) result.fill(1)
  return view === -1 || shape.length === 0 ? result : undefined
}
