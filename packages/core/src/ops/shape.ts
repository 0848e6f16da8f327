import {
  constant,
  type DType,
  dtypes,
  type Expr,
  index,
  input,
  load,
  scalar,
} from '@sconce/backend'
import { getDevice } from '../device.ts'
import { check, sizes } from '../errors.ts'
import { mapTo } from '../kernel-call.ts'
import { defaultInt } from '../promotion.ts'
import type { Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { wrapDim, wrapDims } from '../shape.ts'
import { callOperation, define, type FamilyImplementations, inplaceFirst } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'

/** Ops that rearrange, repeat, pad and join. */
export const shapeSchemas = {
  repeat: 'repeat(Tensor self, int... repeats) -> Tensor',
  tile: 'tile(Tensor self, int... dims) -> Tensor',
  /** Each element as often as told; of counts alone, their positions; `torch.repeat_interleave`. */
  repeatInterleave: [
    'repeat_interleave(Tensor self, int|int[]|Tensor repeats, int? dim=None, *, int? output_size=None) -> Tensor',
    'repeat_interleave.counts(Tensor repeats, *, int? output_size=None) -> Tensor',
  ],
  roll: 'roll(Tensor self, int[] shifts, int[] dims=[]) -> Tensor',
  flip: 'flip(Tensor self, int... dims) -> Tensor',
  fliplr: 'fliplr(Tensor self) -> Tensor',
  flipud: 'flipud(Tensor self) -> Tensor',
  rot90: 'rot90(Tensor self, int k=1, int[] dims=[0,1]) -> Tensor',
  tril: 'tril(Tensor self, int diagonal=0) -> Tensor!',
  triu: 'triu(Tensor self, int diagonal=0) -> Tensor!',
  trilIndices:
    'tril_indices(int row, int col, int offset=0, *, ScalarType? dtype=None, Device? device=None) -> Tensor',
  triuIndices:
    'triu_indices(int row, int col, int offset=0, *, ScalarType? dtype=None, Device? device=None) -> Tensor',
  diag: 'diag(Tensor self, int diagonal=0) -> Tensor',
  diagflat: 'diagflat(Tensor self, int offset=0) -> Tensor',
  diagEmbed: 'diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor',
  trace: 'trace(Tensor self) -> Tensor',
  sumToSize: 'sum_to_size(Tensor self, int... size) -> Tensor',
  constantPadNd: 'constant_pad_nd(Tensor self, int[] pad, Scalar value=0) -> Tensor',
  vander: 'vander(Tensor self, int? N=None, bool increasing=False) -> Tensor',
  narrowCopy: 'narrow_copy(Tensor self, int dim, int start, int length) -> Tensor',
  /** Alias of `self`, for real dtypes; `torch.conj`. */
  conj: 'conj(Tensor self) -> Tensor',
  real: 'real(Tensor self) -> Tensor',
  positive: 'positive(Tensor self) -> Tensor',
  resolveConj: 'resolve_conj(Tensor self) -> Tensor',
  resolveNeg: 'resolve_neg(Tensor self) -> Tensor',
  fillDiagonal: 'fill_diagonal(Tensor self, Scalar fill_value, bool wrap=False) -> Tensor!',
} as const satisfies Schemas

/** `self` read at other coordinates: `at(d, i)` is the coordinate in dim `d` at position `i`. */
function rearranged(
  t: Tensor,
  shape: readonly number[],
  at: (d: number, i: Expr) => Expr,
  scalars: readonly number[] = [],
): Tensor {
  const coordinates = shape.map((_, d) => at(d, index(d)))
  return mapTo([load(0, t.dtype, coordinates)], [t], shape, scalars)[0]
}

function roll(t: Tensor, shifts: number[], dims: number[]): Tensor {
  if (dims.length === 0 && shifts.length === 1) {
    return t.contiguous().view(-1).roll(shifts, [0]).view(t.shape)
  }
  check(shifts.length > 0, () => '`shifts` required')
  check(
    shifts.length === dims.length,
    () => `shifts and dimensions must align. shifts: ${shifts.length}, dims:${dims.length}`,
  )
  if (t.numel() === 0) return t.clone()
  const shift = t.shape.map(() => 0)
  dims.forEach((dim, k) => {
    const d = wrapDim(dim, t.ndim)
    shift[d] += shifts[k]
  })
  const rank = t.ndim
  return rearranged(
    t,
    t.shape,
    (d, i) => i.sub(scalar(d, 'int32')).mod(scalar(rank + d, 'int32')),
    [...shift, ...t.shape],
  )
}

function flip(t: Tensor, dims: number[]): Tensor {
  const flipped = wrapDims(dims, t.ndim)
  return rearranged(
    t,
    t.shape,
    (d, i) => (flipped.includes(d) ? scalar(d, 'int32').sub(1).sub(i) : i),
    t.shape,
  )
}

function repeat(t: Tensor, repeats: number[]): Tensor {
  const lead = repeats.length - t.ndim
  check(
    lead >= 0,
    () =>
      'Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor',
  )
  const negative = repeats.find((r) => r < 0)
  const padded =
    t.shape.length < repeats.length ? [...Array<number>(lead).fill(1), ...t.shape] : t.shape
  check(
    negative === undefined,
    () =>
      `Trying to create tensor with negative dimension ${padded.map((s, d) => s * repeats[d]).find((s) => s < 0)}: ${sizes(padded.map((s, d) => s * repeats[d]))}`,
  )
  // Each dim gets a repeat dim in front, which is expanded and then folded into it.
  const apart = padded.flatMap((s) => [1, s])
  const wide = padded.flatMap((s, d) => [repeats[d], s])
  return t
    .reshape(apart)
    .expand(wide)
    .clone()
    .view(padded.map((s, d) => s * repeats[d]))
}

function repeatInterleave(
  t: Tensor,
  repeats: number | number[] | Tensor,
  dim: number | undefined,
): Tensor {
  const source = dim === undefined ? t.flatten() : t.ndim === 0 ? t.view([1]) : t
  const d = wrapDim(dim ?? 0, source.ndim)
  const size = source.shape[d]
  if (typeof repeats === 'number') {
    check(repeats >= 0, () => 'repeats can not be negative')
    const wide = [...source.shape.slice(0, d + 1), repeats, ...source.shape.slice(d + 1)]
    return source
      .unsqueeze(d + 1)
      .expand(wide)
      .clone()
      .flatten(d, d + 1)
  }
  const counts = Array.isArray(repeats)
    ? repeats
    : Array.from(repeats.toTypedArray() as ArrayLike<number | bigint>, Number)
  check(Array.isArray(repeats) || repeats.ndim <= 1, () => 'repeats must be 0-dim or 1-dim tensor')
  check(
    counts.length === 1 || counts.length === size,
    () => 'repeats must have the same size as input along dim',
  )
  check(
    counts.every((c) => c >= 0),
    () => 'repeats can not be negative',
  )
  const positions: number[] = []
  for (let i = 0; i < size; i++) {
    const count = counts.length === 1 ? counts[0] : counts[i]
    for (let r = 0; r < count; r++) positions.push(i)
  }
  return source.indexSelect(d, hostIndex(positions, t))
}

/** Positions computed on the host, on the device of `like`. */
export function hostIndex(positions: readonly number[], like: Tensor): Tensor {
  const { device } = like.storage
  const result = makeTensor(device, defaultInt, [positions.length])
  if (positions.length > 0) device.backend.write(result.storage.use(), Int32Array.from(positions))
  return result
}

/** Zero above (or below) the k-th diagonal of each matrix. */
function triangle(t: Tensor, diagonal: number, keep: (column: Expr, limit: Expr) => Expr): Tensor {
  check(t.ndim >= 2, () => `${'tril/triu'} requires at least 2 dimensions`)
  const row = index(t.ndim - 2)
  const column = index(t.ndim - 1)
  const x = input(0, t.dtype)
  const value = keep(column, row.add(scalar(0, 'int32'))).where(x, constant(0, t.dtype))
  return mapTo([value], [t], t.shape, [diagonal])[0]
}

function triangleIndices(
  rows: number,
  columns: number,
  dtype: DType | undefined,
  device: string | undefined,
  keep: (r: number, c: number) => boolean,
): Tensor {
  check(rows >= 0, () => `row must be non-negative, got${rows}`)
  check(columns >= 0, () => `col must be non-negative, got${columns}`)
  const at: number[][] = [[], []]
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      if (keep(r, c)) {
        at[0].push(r)
        at[1].push(c)
      }
    }
  }
  const target = getDevice(device)
  const result = makeTensor(target, defaultInt, [2, at[0].length])
  if (at[0].length > 0) target.backend.write(result.storage.use(), Int32Array.from(at.flat()))
  return result.to(dtype ?? defaultInt)
}

function diagEmbed(t: Tensor, offset: number, dim1: number, dim2: number): Tensor {
  const rank = t.ndim + 1
  const a = wrapDim(dim1, rank)
  const b = wrapDim(dim2, rank)
  check(a !== b, () => `diagonal dimensions cannot be identical ${dim1}, ${dim2}`)
  const length = t.shape[t.ndim - 1] + Math.abs(offset)
  const shape = t.shape.slice(0, -1)
  const [first, second] = a < b ? [a, b] : [b, a]
  shape.splice(first, 0, length)
  shape.splice(second, 0, length)
  const result = t.newZeros(shape)
  return result.diagonalScatter(t, { offset, dim1: a, dim2: b })
}

/** Positions of `self` inside a border; outside is `value`. Negative pads cut. */
function constantPad(t: Tensor, pad: number[], value: Scalar): Tensor {
  check(
    pad.length % 2 === 0,
    () => `Length of pad must be even but instead it equals ${pad.length}`,
  )
  check(
    pad.length <= 2 * t.ndim,
    () =>
      `Length of pad should be no more than twice the number of dimensions of the input. Pad length is ${pad.length}while the input has ${t.ndim}dimensions.`,
  )
  const before = t.shape.map(() => 0)
  const shape = t.shape.map((s, d) => {
    const k = 2 * (t.ndim - 1 - d)
    before[d] = pad[k] ?? 0
    const size = s + before[d] + (pad[k + 1] ?? 0)
    check(
      size > 0 || s === 0 || size === 0,
      () =>
        `The input size ${s}, plus negative padding ${before[d]} and ${pad[k + 1] ?? 0} resulted in a negative output size, which is invalid. Check dimension ${d} of your input.`,
    )
    return size
  })
  const result = t.newFull(shape, value)
  // The common part of both, as views.
  let from = t
  let into = result
  for (let d = 0; d < t.ndim; d++) {
    const start = Math.max(0, -before[d])
    const target = Math.max(0, before[d])
    const length = Math.min(t.shape[d] - start, shape[d] - target)
    if (length <= 0) return result
    from = from.narrow(d, start, length)
    into = into.narrow(d, target, length)
  }
  into.copy_(from)
  return result
}

const implementations: FamilyImplementations<typeof shapeSchemas> = {
  repeat,
  tile: (t, dims) =>
    t.repeat([...Array<number>(Math.max(0, t.ndim - dims.length)).fill(1), ...dims]),
  repeat_interleave: (t, repeats, dim) => repeatInterleave(t, repeats, dim),
  'repeat_interleave.counts': (repeats) => {
    check(repeats.ndim === 1, () => 'repeat_interleave only accept 1D vector as repeat')
    check(
      repeats.dtype === 'int64' || repeats.dtype === 'int32',
      () => `"repeat_interleave_cpu" not implemented for '${dtypes[repeats.dtype].scalarType}'`,
    )
    const size = repeats.numel()
    const positions = callOperation('arange', [size, repeats.dtype, repeats.device, false])
    return repeatInterleave(positions as Tensor, repeats, 0).to(repeats.dtype)
  },
  roll,
  flip,
  fliplr: (t) => {
    check(t.ndim >= 2, () => 'Input must be >= 2-d.')
    return t.flip(1)
  },
  flipud: (t) => {
    check(t.ndim >= 1, () => 'Input must be >= 1-d.')
    return t.flip(0)
  },
  rot90: (t, k, dims) => {
    check(
      dims.length === 2,
      () => `expected total rotation dims == 2, but got dims = ${dims.length}`,
    )
    check(t.ndim >= 2, () => `expected total dims >= 2, but got total dims = ${t.ndim}`)
    const [a, b] = dims
    check(
      a !== b && Math.abs(a - b) !== t.ndim,
      () => `expected rotation dims to be different, but got dim0 = ${a} and dim1 = ${b}`,
    )
    for (const d of dims) {
      check(
        d < t.ndim && d >= -t.ndim,
        () => `Rotation dim${d === a ? 0 : 1} out of range, dim${d === a ? 0 : 1} = ${d}`,
      )
    }
    switch (((k % 4) + 4) % 4) {
      case 1:
        return t.flip(b).transpose(a, b)
      case 2:
        return t.flip(dims)
      case 3:
        return t.flip(a).transpose(a, b)
      default:
        return t.clone()
    }
  },
  tril: (t, diagonal) => triangle(t, diagonal, (column, limit) => column.le(limit)),
  triu: (t, diagonal) => triangle(t, diagonal, (column, limit) => column.ge(limit)),
  tril_indices: (row, col, offset, dtype, device) =>
    triangleIndices(row, col, dtype, device, (r, c) => c - r <= offset),
  triu_indices: (row, col, offset, dtype, device) =>
    triangleIndices(row, col, dtype, device, (r, c) => c - r >= offset),
  diag: (t, diagonal) => {
    check(t.ndim === 1 || t.ndim === 2, () => 'matrix or a vector expected')
    return t.ndim === 1 ? t.diagEmbed(diagonal) : t.diagonal(diagonal).clone()
  },
  diagflat: (t, offset) => t.contiguous().view(-1).diag(offset),
  diag_embed: diagEmbed,
  trace: (t) => {
    check(t.ndim === 2, () => 'trace: expected a matrix')
    return t.diagonal().sum()
  },
  sum_to_size: (t, size) => {
    const lead = t.ndim - size.length
    const fits = lead >= 0 && size.every((s, d) => s === 1 || s === t.shape[d + lead])
    check(fits, () => `size {${sizes(size)}} is not expandable to size {${sizes(t.shape)}}.`)
    const dims = [...t.shape.keys()].filter(
      (d) => d < lead || (size[d - lead] === 1 && t.shape[d] !== 1),
    )
    // Of no dims PyTorch makes a sum, of the same ones a view.
    if (dims.length === 0) return size.length === 0 ? t.clone() : t.view(size)
    const summed = t.sum(dims, true)
    return lead > 0 ? summed.view(size) : summed
  },
  constant_pad_nd: constantPad,
  vander: (t, n, increasing) => {
    check(t.ndim === 1, () => 'x must be a one-dimensional tensor.')
    const count = n ?? t.shape[0]
    check(count >= 0, () => 'N must be non-negative.')
    if (count === 0) return t.newEmpty([t.shape[0], 0])
    const powers = hostIndex([...Array(count).keys()], t)
    const result = t.unsqueeze(1).pow(powers)
    return increasing ? result : result.flip(1)
  },
  narrow_copy: (t, dim, start, length) => t.narrow(dim, start, length).clone(),
  conj: (t) => t,
  real: (t) => t,
  positive: (t) => {
    check(t.dtype !== 'bool', () => 'The `+` operator, on a bool tensor is not supported.')
    return t
  },
  resolve_conj: (t) => t,
  resolve_neg: (t) => t,
  fill_diagonal: inplaceFirst((t, value, wrap) => {
    check(t.ndim >= 2, () => 'dimensions must larger than 1')
    const [rows, columns] = t.shape
    if (t.ndim > 2) {
      check(
        t.shape.every((s) => s === rows),
        () => 'all dimensions of input must be of equal length',
      )
      const step = t.strides.reduce((a, b) => a + b, 0)
      t.asStrided([rows], [step], t.offset).fill_(value)
      return
    }
    const step = t.strides[0] + t.strides[1]
    const length = Math.min(rows, columns)
    t.asStrided([length], [step], t.offset).fill_(value)
    if (wrap && rows > columns + 1) {
      const first = columns + 1
      for (let start = first; start < rows; start += first) {
        const run = Math.min(rows - start, columns)
        t.asStrided([run], [step], t.offset + start * t.strides[0]).fill_(value)
      }
    }
  }),
}

define(shapeSchemas, implementations)
