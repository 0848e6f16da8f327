import {
  type Combine,
  type Expr,
  index,
  input,
  isInteger,
  kernels,
  load,
  newArray,
} from '@sconce/backend'
import { check, IndexError, RuntimeError, sizes } from '../errors.ts'
import { mapTo, runKernel, type View } from '../kernel-call.ts'
import { defaultInt } from '../promotion.ts'
import type { Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { broadcastShapes, wrapDim } from '../shape.ts'
import { define, type FamilyImplementations, inplaceFirst } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'
import { writeScalar } from './fill.ts'
import { checkIndices, coordinate, outOfBounds, readIndex, writeIndex } from './index-kernels.ts'

/** Reading and writing by tensors of positions. */
export const indexSchemas = {
  /** `x[indices]`; absent indices stand for `:`. */
  index: 'index(Tensor self, Tensor?[] indices) -> Tensor',
  indexPut:
    'index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor!',
  /** Positions of the elements that are not 0, one row each; reads the device. */
  nonzero: [
    'nonzero(Tensor self, *, false as_tuple=False) -> Tensor',
    'nonzero.tuple(Tensor self, *, true as_tuple) -> Tensor[]',
  ],
  argwhere: 'argwhere(Tensor self) -> Tensor',
  maskedSelect: 'masked_select(Tensor self, Tensor mask) -> Tensor',
  indexSelect: 'index_select(Tensor self, int dim, Tensor index) -> Tensor',
  gather: 'gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor',
  scatter: [
    'scatter(Tensor self, int dim, Tensor index, Tensor src, *, str? reduce=None) -> Tensor!',
    'scatter.value(Tensor self, int dim, Tensor index, Scalar value, *, str? reduce=None) -> Tensor!',
  ],
  scatterAdd: 'scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor!',
} as const satisfies Schemas

/** `torch.where` of a condition alone. */
export const positionSchemas = {
  where: 'where(Tensor condition) -> Tensor[]',
} as const satisfies Schemas

/** Coordinates over the dims of a tensor of that rank: `at` in dim `d`, the own position elsewhere. */
const along = (rank: number, d: number, at: Expr): Expr[] =>
  Array.from({ length: rank }, (_, i) => (i === d ? at : index(i)))

function nonzero(t: Tensor): Tensor {
  const data = t.toTypedArray()
  const rank = t.ndim
  const found: number[] = []
  for (let i = 0; i < data.length; i++) if (Number(data[i]) !== 0) found.push(i)
  const coordinates = newArray(defaultInt, found.length * rank)
  found.forEach((position, row) => {
    let rest = position
    for (let d = rank - 1; d >= 0; d--) {
      coordinates[row * rank + d] = rest % t.shape[d]
      rest = Math.floor(rest / t.shape[d])
    }
  })
  const { device } = t.storage
  const result = makeTensor(device, defaultInt, [found.length, rank])
  if (coordinates.length > 0) device.backend.write(result.storage.use(), coordinates)
  return result
}

function indexDType(name: string, at: Tensor): void {
  check(isInteger(at.dtype), () => `${name}(): Expected dtype int64 for index`)
}

function indexSelect(t: Tensor, dim: number, at: Tensor): Tensor {
  const d = wrapDim(dim, t.ndim)
  if (at.ndim > 1) throw new IndexError('index_select(): Index is supposed to be a vector')
  check(isInteger(at.dtype), () => 'index_select(): Expected dtype int32 or int64 for index')
  const size = t.ndim === 0 ? 1 : t.shape[d]
  checkIndices(at, 0, size, () => new IndexError('index out of range in self'))
  if (t.ndim === 0) return t.clone()
  const shape = t.shape.slice()
  shape[d] = at.numel()
  const where: View = {
    storage: at.storage,
    dtype: at.dtype,
    shape,
    strides: shape.map((_, i) => (i === d ? (at.strides[0] ?? 0) : 0)),
    offset: at.offset,
  }
  const value = load(0, t.dtype, along(t.ndim, d, coordinate(input(1, at.dtype))))
  return mapTo([value], [t, where], shape)[0]
}

/** 0-d tensors are indexed as 1-d ones. */
const atLeast1d = (t: Tensor): Tensor => (t.ndim === 0 ? t.view([1]) : t)

function checkGather(t: Tensor, d: number, at: Tensor): void {
  indexDType('gather', at)
  check(
    at.numel() === 0 || at.ndim === t.ndim,
    () => 'Index tensor must have the same number of dimensions as input tensor',
  )
  for (let i = 0; i < at.ndim && at.numel() > 0; i++) {
    check(
      i === d || at.shape[i] <= t.shape[i],
      () =>
        `Size does not match at dimension ${i} expected index ${sizes(at.shape)} to be smaller than self ${sizes(t.shape)} apart from dimension ${d}`,
    )
  }
}

function gather(self: Tensor, dim: number, given: Tensor): Tensor {
  const d = wrapDim(dim, self.ndim)
  const [t, at] = [atLeast1d(self), atLeast1d(given)]
  checkGather(t, d, at)
  checkIndices(at, 0, t.shape[d], outOfBounds(d, t.shape[d]))
  const value = load(0, t.dtype, along(t.ndim, d, coordinate(input(1, at.dtype))))
  return mapTo([value], [t, at], at.shape)[0].view(given.shape)
}

/** The part of `src` that scatter looks at: as large as the index. */
const corner = (src: Tensor, shape: readonly number[]): View => ({
  storage: src.storage,
  dtype: src.dtype,
  shape,
  strides: src.strides,
  offset: src.offset,
})

/** Combines `src` into `self` at `index` along `dim`; shared by the whole scatter family. */
export function scatterInto(
  given: Tensor,
  dim: number,
  indices: Tensor,
  source: Tensor | Scalar,
  combine: Combine,
  name: string,
): void {
  const d = wrapDim(dim, given.ndim)
  const [self, at] = [atLeast1d(given), atLeast1d(indices)]
  indexDType(name, at)
  if (at.numel() === 0) return
  const src = typeof source === 'object' && 'storage' in source ? atLeast1d(source) : undefined
  check(
    at.ndim === self.ndim,
    () => 'Index tensor must have the same number of dimensions as self tensor',
  )
  if (src) {
    check(src.dtype === self.dtype, () => `${name}(): Expected self.dtype to be equal to src.dtype`)
    check(
      at.ndim === src.ndim,
      () => 'Index tensor must have the same number of dimensions as src tensor',
    )
  }
  const tooLarge = at.shape.some(
    (s, i) => (i !== d && s > self.shape[i]) || (src !== undefined && s > src.shape[i]),
  )
  check(
    !tooLarge,
    () =>
      `Expected index ${sizes(at.shape)} to be smaller than self ${sizes(self.shape)} apart from dimension ${d}${src ? ` and to be smaller size than src ${sizes(src.shape)}` : ''}`,
  )
  checkIndices(at, 0, self.shape[d], outOfBounds(d, self.shape[d]))
  const { device } = self.storage
  if (src) {
    const kernel = kernels.scatter(
      combine,
      along(self.ndim, d, coordinate(input(0, at.dtype))),
      input(1, src.dtype),
      self.dtype,
      [at.dtype, src.dtype],
    )
    runKernel(device, kernel, [at, corner(src, at.shape)], [self])
    return
  }
  const one = makeTensor(device, self.dtype, [])
  writeScalar(one, source as Scalar)
  scatterInto(self, d, at, one.expand(at.shape), combine, name)
}

const reducers: Readonly<Record<string, Combine>> = { add: 'add', multiply: 'mul' }

function scatter(
  self: Tensor,
  dim: number,
  at: Tensor,
  src: Tensor | Scalar,
  reduce: string | undefined,
): void {
  const combine = reduce === undefined ? 'assign' : reducers[reduce]
  if (!combine) throw new RuntimeError('reduce argument must be either add or multiply.')
  scatterInto(self, dim, at, src, combine, 'scatter')
}

const implementations: FamilyImplementations<typeof indexSchemas> = {
  index: readIndex,
  index_put: inplaceFirst(writeIndex),
  nonzero: (t) => nonzero(t),
  'nonzero.tuple': (t) => (t.ndim === 0 ? nonzero(t.view([1])) : nonzero(t)).unbind(1),
  argwhere: (t) => t.nonzero(),
  masked_select: (t, mask) => {
    check(
      mask.dtype === 'bool' || mask.dtype === 'uint8',
      () => 'masked_select: expected BoolTensor or ByteTensor for mask',
    )
    const shape = broadcastShapes(t.shape, mask.shape)
    const whole = shape.length === 0 ? [1] : shape
    return t.expand(whole).index(mask.expand(whole).nonzero({ asTuple: true }))
  },
  index_select: indexSelect,
  gather: (t, dim, at) => gather(t, dim, at),
  scatter: inplaceFirst(scatter),
  'scatter.value': inplaceFirst(scatter),
  scatter_add: inplaceFirst((self, dim, at, src) =>
    scatterInto(self, dim, at, src, 'add', 'scatter_add'),
  ),
}

define(indexSchemas, implementations)

const positionImplementations: FamilyImplementations<typeof positionSchemas> = {
  where: (condition) => condition.nonzero({ asTuple: true }),
}

define(positionSchemas, positionImplementations)
