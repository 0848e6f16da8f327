import { contiguousStrides, elementCount, isInteger } from '@sconce/backend'
import { check, IndexError, RuntimeError, sizes } from '../errors.ts'
import type { Schemas } from '../schema/types.ts'
import { inferSize, viewStrides, wrapDim, wrapDims } from '../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import { type Tensor, viewOf } from '../tensor.ts'

/** Ops that show the same elements in another form, without a copy. */
export const viewSchemas = {
  /** The same elements in another shape, -1 for what remains; `Tensor.view`. */
  view: 'view(Tensor self, int... shape) -> Tensor',
  /** A view of what was made for it alone: to autograd no view. */
  unsafeView: '_unsafe_view(Tensor self, int[] shape) -> Tensor',
  viewAs: 'view_as(Tensor self, Tensor other) -> Tensor',
  /** As `view` where the layout allows it, else of a copy; `torch.reshape`. */
  reshape: 'reshape(Tensor self, int... shape) -> Tensor',
  reshapeAs: 'reshape_as(Tensor self, Tensor other) -> Tensor',
  flatten: 'flatten(Tensor self, int start_dim=0, int end_dim=-1) -> Tensor',
  unflatten: 'unflatten(Tensor self, int dim, int[] sizes) -> Tensor',
  ravel: 'ravel(Tensor self) -> Tensor',
  transpose: 'transpose(Tensor self, int dim0, int dim1) -> Tensor!',
  swapaxes: 'swapaxes(Tensor self, int axis0, int axis1) -> Tensor!',
  swapdims: 'swapdims(Tensor self, int dim0, int dim1) -> Tensor!',
  t: 't(Tensor self) -> Tensor!',
  permute: 'permute(Tensor self, int... dims) -> Tensor',
  movedim: 'movedim(Tensor self, int|int[] source, int|int[] destination) -> Tensor',
  moveaxis: 'moveaxis(Tensor self, int|int[] source, int|int[] destination) -> Tensor',
  adjoint: 'adjoint(Tensor self) -> Tensor',
  /** Singleton and new leading dims repeated without a copy, -1 keeps a size; `Tensor.expand`. */
  expand: 'expand(Tensor self, int... size) -> Tensor',
  expandAs: 'expand_as(Tensor self, Tensor other) -> Tensor',
  broadcastTo: 'broadcast_to(Tensor self, int... size) -> Tensor',
  squeeze: [
    'squeeze(Tensor self) -> Tensor!',
    'squeeze.dim(Tensor self, int|int[] dim) -> Tensor!',
  ],
  unsqueeze: 'unsqueeze(Tensor self, int dim) -> Tensor!',
  narrow: 'narrow(Tensor self, int dim, int|Tensor start, int length) -> Tensor',
  select: 'select(Tensor self, int dim, int index) -> Tensor',
  /** Every `step`-th element of `dim` from `start` to before `end`; `x[start:end:step]`. */
  slice: 'slice(Tensor self, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor',
  diagonal: 'diagonal(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor',
  /** All windows of `size` along `dimension`, in a new last dim; `Tensor.unfold`. */
  unfold: 'unfold(Tensor self, int dimension, int size, int step) -> Tensor',
  asStrided:
    'as_strided(Tensor self, int[] size, int[] stride, int? storage_offset=None) -> Tensor!',
  /** The tensor itself as a view; `Tensor.view_as(self)`. */
  alias: 'alias(Tensor self) -> Tensor',
} as const satisfies Schemas

const viewError =
  "view size is not compatible with input tensor's size and stride (at least one dimension spans " +
  'across two contiguous subspaces). Use .reshape(...) instead.'

/** `t` with dims reordered; dims are non-negative. */
const permuted = (t: Tensor, dims: readonly number[]): Tensor =>
  viewOf(
    t,
    dims.map((d) => t.shape[d]),
    dims.map((d) => t.strides[d]),
  )

function swapped(t: Tensor, dim0: number, dim1: number): Tensor {
  const a = wrapDim(dim0, t.ndim)
  const b = wrapDim(dim1, t.ndim)
  if (t.ndim === 0) return viewOf(t, t.shape, t.strides)
  const dims = [...t.shape.keys()]
  dims[a] = b
  dims[b] = a
  return permuted(t, dims)
}

function twoDims(t: Tensor): void {
  check(t.ndim <= 2, () => `t() expects a tensor with <= 2 dimensions, but self is ${t.ndim}D`)
}

/** An op that only changes the layout, with its in-place form. */
const relayout = <A extends unknown[]>(run: (self: Tensor, ...args: A) => Tensor) => ({
  run,
  inplace: (self: Tensor, ...args: A) => {
    const { shape, strides, offset } = run(self, ...args)
    self.offset = offset
    self.shape = shape
    self.strides = strides
  },
})

const plural = (dims: number | number[]): number[] => (Array.isArray(dims) ? dims : [dims])

function movedim(t: Tensor, source: number | number[], destination: number | number[]): Tensor {
  const from = plural(source)
  const to = plural(destination)
  check(
    from.length === to.length,
    () =>
      `movedim: Invalid source or destination dims: source (${sizes(from)} dims) should contain the same number of dims as destination (${sizes(to)} dims)`,
  )
  const wrap = (dims: number[], which: string) => {
    const wrapped = dims.map((d) => wrapDim(d, t.ndim))
    check(
      new Set(wrapped).size === wrapped.length,
      () => `movedim: repeated dim in \`${which}\` (${sizes(dims)})`,
    )
    return wrapped
  }
  const sources = wrap(from, 'source')
  const targets = wrap(to, 'destination')
  const rest = [...t.shape.keys()].filter((d) => !sources.includes(d))
  const order: number[] = []
  for (let d = 0; d < t.ndim; d++) {
    const at = targets.indexOf(d)
    order.push(at >= 0 ? sources[at] : (rest.shift() as number))
  }
  return t.permute(order)
}

function expand(t: Tensor, size: readonly number[]): Tensor {
  const lead = size.length - t.ndim
  check(
    lead >= 0,
    () =>
      `expand(torch.FloatTensor{${sizes(t.shape)}}, size=${sizes(size)}): the number of sizes provided (${size.length}) must be greater or equal to the number of dimensions in the tensor (${t.ndim})`,
  )
  const shape = new Array<number>(size.length)
  const strides = new Array<number>(size.length)
  for (let d = size.length - 1; d >= 0; d--) {
    const own = d < lead ? 1 : t.shape[d - lead]
    const wanted = size[d]
    if (wanted === -1) {
      check(
        d >= lead,
        () =>
          `The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${d}`,
      )
    } else {
      check(
        own === wanted || own === 1,
        () =>
          `The expanded size of the tensor (${wanted}) must match the existing size (${own}) at non-singleton dimension ${d}.  Target sizes: ${sizes(size)}.  Tensor sizes: ${sizes(t.shape)}`,
      )
    }
    shape[d] = wanted === -1 ? own : wanted
    strides[d] = d < lead || (own === 1 && shape[d] !== 1) ? 0 : t.strides[d - lead]
  }
  return viewOf(t, shape, strides)
}

const without = (t: Tensor, drop: (d: number) => boolean): Tensor => {
  const kept = [...t.shape.keys()].filter((d) => !drop(d))
  return permuted(t, kept)
}

function narrow(t: Tensor, dim: number, given: number | Tensor, length: number): Tensor {
  const start = typeof given === 'number' ? given : startOf(given)
  check(t.ndim > 0, () => 'narrow() cannot be applied to a 0-dim tensor.')
  const d = wrapDim(dim, t.ndim)
  const size = t.shape[d]
  if (start < -size || start > size) {
    throw new IndexError(
      `Dimension out of range (expected to be in range of [${-size}, ${size - 1}], but got ${start})`,
    )
  }
  const from = start < 0 ? start + size : start
  check(
    length >= 0 && from <= size - length,
    () => `start (${from}) + length (${length}) exceeds dimension size (${size}).`,
  )
  return t.slice(d, from, from + length)
}

/** `narrow` takes its start from a 0-d integer tensor too. */
function startOf(start: Tensor): number {
  check(start.ndim === 0 && isInteger(start.dtype), () => 'start must be an 0-dim integral Tensor.')
  return start.item()
}

/** `length` elements of dim `d` from `start` on, all in range. */
export function sliced(t: Tensor, d: number, start: number, length: number, step: number): Tensor {
  const shape = t.shape.slice()
  const strides = t.strides.slice()
  shape[d] = length
  strides[d] *= step
  return viewOf(t, shape, strides, t.offset + start * t.strides[d])
}

function slice(
  t: Tensor,
  dim: number,
  start: number | undefined,
  end: number | undefined,
  step: number,
): Tensor {
  check(t.ndim > 0, () => 'slice() cannot be applied to a 0-dim tensor.')
  check(step > 0, () => 'slice step must be positive')
  const d = wrapDim(dim, t.ndim)
  const size = t.shape[d]
  const bound = (v: number) => Math.min(Math.max(v < 0 ? v + size : v, 0), size)
  const from = bound(start ?? 0)
  const to = Math.max(bound(end ?? size), from)
  return sliced(t, d, from, Math.ceil((to - from) / step), step)
}

export function select(t: Tensor, dim: number, index: number): Tensor {
  if (t.ndim === 0) throw new IndexError('select() cannot be applied to a 0-dim tensor.')
  const d = wrapDim(dim, t.ndim)
  const size = t.shape[d]
  if (index < -size || index >= size) {
    throw new IndexError(
      `select(): index ${index} out of range for tensor of size ${sizes(t.shape)} at dimension ${d}`,
    )
  }
  const at = index < 0 ? index + size : index
  return viewOf(
    t,
    t.shape.filter((_, i) => i !== d),
    t.strides.filter((_, i) => i !== d),
    t.offset + at * t.strides[d],
  )
}

function diagonal(t: Tensor, offset: number, dim1: number, dim2: number): Tensor {
  const a = wrapDim(dim1, t.ndim)
  const b = wrapDim(dim2, t.ndim)
  check(a !== b, () => `diagonal dimensions cannot be identical ${dim1}, ${dim2}`)
  const [rows, columns] = [t.shape[a], t.shape[b]]
  const length = Math.max(
    0,
    offset >= 0 ? Math.min(rows, columns - offset) : Math.min(rows + offset, columns),
  )
  const start = length === 0 ? 0 : offset >= 0 ? offset * t.strides[b] : -offset * t.strides[a]
  const others = [...t.shape.keys()].filter((d) => d !== a && d !== b)
  return viewOf(
    t,
    [...others.map((d) => t.shape[d]), length],
    [...others.map((d) => t.strides[d]), t.strides[a] + t.strides[b]],
    t.offset + start,
  )
}

function unfold(t: Tensor, dimension: number, size: number, step: number): Tensor {
  const d = wrapDim(dimension, t.ndim)
  const length = t.ndim === 0 ? 1 : t.shape[d]
  check(size >= 0, () => `size is ${size} but must be >= 0`)
  check(
    size <= length,
    () => `maximum size for tensor at dimension ${d} is ${length} but size is ${size}`,
  )
  check(step > 0, () => `step is ${step} but must be > 0`)
  if (t.ndim === 0) return viewOf(t, [size], [1])
  const shape = [...t.shape, size]
  const strides = [...t.strides, t.strides[d]]
  shape[d] = Math.floor((length - size) / step) + 1
  strides[d] = t.strides[d] * step
  return viewOf(t, shape, strides)
}

function asStrided(
  t: Tensor,
  size: number[],
  stride: number[],
  offset: number | undefined,
): Tensor {
  check(size.length === stride.length, () => 'mismatch in length of strides and shape')
  const start = offset ?? t.offset
  check(
    stride.every((s) => s >= 0),
    () =>
      `as_strided: Negative strides are not supported at the moment, got strides: ${sizes(stride)}`,
  )
  check(start >= 0, () => `Tensor: invalid storage offset ${start}`)
  const last = size.reduce((at, s, d) => at + (s - 1) * stride[d], start)
  check(
    elementCount(size) === 0 || last < t.storage.length,
    () =>
      `setStorage: sizes ${sizes(size)}, strides ${sizes(stride)}, storage offset ${start}, requiring ${last + 1} elements are out of bounds for storage of ${t.storage.length} elements`,
  )
  return viewOf(t, size, stride, start)
}

function flatten(t: Tensor, startDim: number, endDim: number): Tensor {
  const start = wrapDim(startDim, t.ndim)
  const end = wrapDim(endDim, t.ndim)
  check(start <= end, () => 'flatten() has invalid args: start_dim cannot come after end_dim')
  if (t.ndim === 0) return t.reshape([1])
  if (start === end) return t
  const middle = elementCount(t.shape.slice(start, end + 1))
  return t.reshape([...t.shape.slice(0, start), middle, ...t.shape.slice(end + 1)])
}

function unflatten(t: Tensor, dim: number, lengths: number[]): Tensor {
  const d = wrapDim(dim, t.ndim)
  check(lengths.length > 0, () => 'unflatten: sizes must be non-empty')
  const inferred = lengths.includes(-1) ? inferSize(lengths, t.shape[d]) : lengths
  check(
    elementCount(inferred) === t.shape[d],
    () =>
      `unflatten: Provided sizes ${sizes(lengths)} don't multiply up to the size of dim ${d} (${t.shape[d]}) in the input tensor`,
  )
  return t.view([...t.shape.slice(0, d), ...inferred, ...t.shape.slice(d + 1)])
}

const implementations: FamilyImplementations<typeof viewSchemas> = {
  view: (t, shape) => {
    const target = inferSize(shape, t.numel())
    const strides = viewStrides(t.shape, t.strides, target)
    if (!strides) throw new RuntimeError(viewError)
    return viewOf(t, target, strides)
  },
  _unsafe_view: (t, shape) => viewOf(t, shape, contiguousStrides(shape)),
  view_as: (t, other) => t.view(other.shape),
  reshape: (t, shape) => {
    const target = inferSize(shape, t.numel())
    return viewStrides(t.shape, t.strides, target)
      ? t.view(target)
      : (callOperation('_unsafe_view', [t.clone(), target]) as Tensor)
  },
  reshape_as: (t, other) => t.reshape(other.shape),
  flatten,
  unflatten,
  ravel: (t) => t.contiguous().view(-1),
  transpose: relayout(swapped),
  swapaxes: relayout((t, a, b) => t.transpose(a, b)),
  swapdims: relayout((t, a, b) => t.transpose(a, b)),
  t: relayout((t) => {
    twoDims(t)
    return t.ndim < 2 ? viewOf(t, t.shape, t.strides) : permuted(t, [1, 0])
  }),
  permute: (t, dims) => {
    check(
      dims.length === t.ndim,
      () =>
        `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${t.ndim} is not equal to len(dims) = ${dims.length}`,
    )
    const wrapped = dims.map((d) => wrapDim(d, t.ndim))
    check(new Set(wrapped).size === t.ndim, () => 'permute(): duplicate dims are not allowed.')
    return permuted(t, wrapped)
  },
  movedim,
  moveaxis: (t, source, destination) => t.movedim(source, destination),
  adjoint: (t) => {
    check(
      t.ndim !== 1,
      () =>
        'tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.',
    )
    return t.transpose(-2, -1)
  },
  expand,
  expand_as: (t, other) => t.expand(other.shape),
  broadcast_to: (t, size) => t.expand(size),
  squeeze: relayout((t) => without(t, (d) => t.shape[d] === 1)),
  'squeeze.dim': relayout((t, dim) => {
    const dims = wrapDims(plural(dim), t.ndim)
    return without(t, (d) => t.shape[d] === 1 && dims.includes(d))
  }),
  unsqueeze: relayout((t, dim) => {
    const d = wrapDim(dim, t.ndim + 1)
    const stride = d < t.ndim ? t.shape[d] * t.strides[d] : 1
    return viewOf(t, t.shape.toSpliced(d, 0, 1), t.strides.toSpliced(d, 0, stride))
  }),
  narrow,
  select,
  slice,
  diagonal,
  unfold,
  as_strided: relayout(asStrided),
  alias: (t) => viewOf(t, t.shape, t.strides),
}

define(viewSchemas, implementations)
