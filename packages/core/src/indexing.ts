import { isInteger } from '@sconce/backend'
import { isReadable } from './async-reads.ts'
import { IndexError, ValueError } from './errors.ts'
import { makeTensorFrom } from './from-data.ts'
import { expandMasks } from './ops/index-kernels.ts'
import { isScalar, type Scalar } from './scalar.ts'
import { callOperation } from './table.ts'
import type { Tensor } from './tensor.ts'

/**
 * One item of `x.at(...)`: a position, a slice `'start:stop:step'`, `'...'`, `null` for a new dim, a
 * boolean, a tensor of positions or a mask, or a list of positions.
 */
export type Index =
  | number
  | bigint
  | boolean
  | string
  | null
  | Tensor
  | readonly (number | boolean)[]

const isTensor = (x: unknown): x is Tensor => typeof x === 'object' && x !== null && 'storage' in x

/** Dims that an item uses up. */
function width(item: Index): number {
  if (item === null || item === '...' || typeof item === 'boolean') return 0
  return isTensor(item) && (item.dtype === 'bool' || item.dtype === 'uint8') ? item.ndim : 1
}

function parseSlice(text: string): [number | undefined, number | undefined, number] {
  const match = /^\s*(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?$/.exec(text)
  if (!match) {
    throw new IndexError(
      `'${text}' is not a slice: write 'start:stop:step', with any part left out, or '...'`,
    )
  }
  const [start, stop, step] = match.slice(1).map((s) => (s ? Number(s) : undefined))
  if (step !== undefined && step <= 0) throw new ValueError('step must be greater than zero')
  return [start, stop, step ?? 1]
}

function selected(view: Tensor, dim: number, at: number, real: number): Tensor {
  const size = view.shape[dim]
  if (view.ndim === 0) {
    throw new IndexError(
      'invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number',
    )
  }
  if (at < -size || at >= size) {
    throw new IndexError(`index ${at} is out of bounds for dimension ${real} with size ${size}`)
  }
  return view.select(dim, at)
}

/** The views that plain items make, and the index tensors that are left, by dim of the view. */
function applyViews(
  self: Tensor,
  items: readonly Index[],
): { view: Tensor; indices: (Tensor | undefined)[] | null } {
  const wanted = items.reduce<number>((n, item) => n + width(item), 0)
  if (wanted > self.ndim) {
    if (self.ndim === 0 && items.every((i) => typeof i === 'number')) selected(self, 0, 0, 0)
    throw new IndexError(`too many indices for tensor of dimension ${self.ndim}`)
  }
  if (items.filter((i) => i === '...').length > 1) {
    throw new IndexError("an index can only have a single ellipsis ('...')")
  }
  let view = self
  let dim = 0
  let real = 0
  const indices: (Tensor | undefined)[] = []
  let advanced = false
  const record = (at: Tensor): void => {
    indices[dim] = at
    dim += at.dtype === 'bool' || at.dtype === 'uint8' ? at.ndim : 1
    advanced = true
  }
  for (const item of items) {
    if (typeof item === 'number' || typeof item === 'bigint') {
      if (!Number.isInteger(Number(item))) {
        throw new IndexError(
          'only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got float)',
        )
      }
      view = selected(view, dim, Number(item), real)
    } else if (item === '...') {
      dim += self.ndim - wanted
    } else if (typeof item === 'string') {
      const [start, stop, step] = parseSlice(item)
      view = view.slice(dim++, start, stop, step)
    } else if (item === null) {
      view = view.unsqueeze(dim++)
    } else if (typeof item === 'boolean') {
      view = view.unsqueeze(dim)
      record(makeTensorFrom([item], { device: self.device }))
    } else if (isTensor(item)) {
      const scalarIndex = item.ndim === 0 && isInteger(item.dtype) && item.dtype !== 'uint8'
      if (scalarIndex && isReadable(self)) {
        view = selected(view, dim, item.item(), real)
      } else {
        record(item)
      }
    } else {
      const positions = makeTensorFrom([...item], {
        device: self.device,
        dtype: item.every((i) => typeof i === 'boolean') && item.length > 0 ? 'bool' : 'int32',
      })
      record(positions)
    }
    real += width(item)
  }
  return {
    view,
    indices: advanced ? Array.from({ length: indices.length }, (_, d) => indices[d]) : null,
  }
}

/** `self[items]`: a view where only numbers, slices, null and '...' are used, else a copy. */
export function at(self: Tensor, items: readonly Index[]): Tensor {
  const { view, indices } = applyViews(self, items)
  // Masks are turned into positions here, so that the gradient needn't read them again.
  if (indices) return view.index(expandMasks(view, indices))
  return view === self ? (callOperation('alias', [self]) as Tensor) : view
}

/** `self[items] = value`, in place. */
export function set(self: Tensor, items: readonly Index[], value: Tensor | Scalar): void {
  const { view, indices } = applyViews(self, items)
  if (!indices) {
    if (isScalar(value)) view.fill_(value)
    else view.copy_(withoutLeadingOnes(value, view.ndim))
    return
  }
  const values = isScalar(value)
    ? makeTensorFrom(value, { dtype: self.dtype, device: self.device })
    : value.to(self.dtype)
  view.indexPut_(indices, values)
}

/** Leading singleton dims of a value beyond the target's rank are dropped, as in NumPy. */
function withoutLeadingOnes(value: Tensor, rank: number): Tensor {
  let drop = 0
  while (value.ndim - drop > rank && value.shape[drop] === 1) drop++
  return drop === 0 ? value : value.view(value.shape.slice(drop))
}
