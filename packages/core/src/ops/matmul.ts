import {
  acc,
  type DType,
  dtypes,
  type Expr,
  elementCount,
  input,
  kernels,
  scalar,
} from '@sconce/backend'
import { commonDevice, type Device } from '../device.ts'
import { check } from '../errors.ts'
import { broadcastView, runKernel, type View } from '../kernel-call.ts'
import { byDType } from '../kernel-memo.ts'
import { FloatScalar, type Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { broadcastShapes } from '../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'
import { checkFactor } from './pointwise-checks.ts'

/** Products of matrices and vectors. */
export const matmulSchemas = {
  mm: 'mm(Tensor self, Tensor mat2) -> Tensor',
  bmm: 'bmm(Tensor self, Tensor mat2) -> Tensor',
  mv: 'mv(Tensor self, Tensor vec) -> Tensor',
  dot: 'dot(Tensor self, Tensor tensor) -> Tensor',
  vdot: 'vdot(Tensor self, Tensor other) -> Tensor',
  outer: 'outer(Tensor self, Tensor vec2) -> Tensor',
  ger: 'ger(Tensor self, Tensor vec2) -> Tensor',
  /** The product by the rules of `torch.matmul`: vectors, matrices, broadcast batches. */
  matmul: 'matmul(Tensor self, Tensor other) -> Tensor',
  /** `beta · self + alpha · mat1 @ mat2`; `torch.addmm`. */
  addmm:
    'addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor!',
  addmv: 'addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor!',
  addr: 'addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor!',
  baddbmm:
    'baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor!',
  addbmm:
    'addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor!',
} as const satisfies Schemas

const numeric = (value: Scalar): number =>
  Number(value instanceof FloatScalar ? value.value : value)

/** `kernel` is PyTorch's name of what has no form for bools. */
function sameDType(a: Tensor, b: Tensor, kernel = 'addmm_impl_cpu_'): void {
  check(
    a.dtype === b.dtype,
    () =>
      `expected scalar type ${dtypes[a.dtype].scalarType} but found ${dtypes[b.dtype].scalarType}`,
  )
  check(a.dtype !== 'bool', () => `"${kernel}" not implemented for 'Bool'`)
}

/** The product as it is. */
const plain = byDType((dtype) => kernels.matmul(dtype, acc(0, dtypes[dtype].compute).cast(dtype)))

/** The product of `[...batch, m, k]` and `[...batch, k, n]` views. */
function product(a: View, b: View, shape: readonly number[]): Tensor {
  const device = commonDevice([a, b]) as Device
  const result = makeTensor(device, a.dtype, shape)
  if (elementCount(shape) > 0) runKernel(device, plain(a.dtype), [a, b], [result])
  return result
}

/**
 * Runs the matmul kernel on `[...batch, m, k]` and `[...batch, k, n]` views; `epilogue` is given the
 * product and the further operands, which must broadcast to the result.
 */
export function contract(
  a: View,
  b: View,
  shape: readonly number[],
  epilogue: (product: Expr, ...extra: Expr[]) => Expr,
  extra: readonly View[],
  scalars: readonly number[] = [],
): Tensor {
  const device = commonDevice([a, b, ...extra]) as Device
  const { dtype } = a
  const result = makeTensor(device, dtype, shape)
  if (elementCount(shape) === 0) return result
  const value = epilogue(
    acc(0, dtypes[dtype].compute),
    ...extra.map((e, i) => input(i + 2, e.dtype).cast(dtypes[dtype].compute)),
  )
  runKernel(
    device,
    kernels.matmul(dtype, value.cast(dtype)),
    [a, b, ...extra.map((e) => broadcastView(e, shape))],
    [result],
    scalars,
  )
  return result
}

function mm(a: Tensor, b: Tensor): Tensor {
  checkMatrices(a, b, 'self')
  sameDType(a, b)
  return product(a, b, [a.shape[0], b.shape[1]])
}

function checkMatrices(a: Tensor, b: Tensor, first: string): void {
  check(a.ndim === 2, () => `${first} must be a matrix`)
  check(b.ndim === 2, () => 'mat2 must be a matrix')
  check(
    a.shape[1] === b.shape[0],
    () =>
      `mat1 and mat2 shapes cannot be multiplied (${a.shape[0]}x${a.shape[1]} and ${b.shape[0]}x${b.shape[1]})`,
  )
}

function checkBatches(a: Tensor, b: Tensor): void {
  check(a.ndim === 3, () => 'batch1 must be a 3D tensor')
  check(b.ndim === 3, () => 'batch2 must be a 3D tensor')
  check(
    a.shape[0] === b.shape[0] && a.shape[2] === b.shape[1],
    () =>
      `Expected size for first two dimensions of batch2 tensor to be: [${a.shape[0]}, ${a.shape[2]}] but got: [${b.shape[0]}, ${b.shape[1]}].`,
  )
}

function bmm(a: Tensor, b: Tensor): Tensor {
  checkBatches(a, b)
  sameDType(a, b)
  return product(a, b, [a.shape[0], a.shape[1], b.shape[2]])
}

function mv(a: Tensor, x: Tensor): Tensor {
  check(
    a.ndim === 2 && x.ndim === 1,
    () => `vector + matrix @ vector expected, got ${1}, ${a.ndim}, ${x.ndim}`,
  )
  check(
    a.shape[1] === x.shape[0],
    () => `size mismatch, got ${a.shape[0]}, ${a.shape[0]}x${a.shape[1]},${x.shape[0]}`,
  )
  sameDType(a, x, 'addmv_impl_cpu')
  return product(a, asColumn(x), [a.shape[0], 1]).reshape([a.shape[0]])
}

const asColumn = (x: Tensor): View => ({
  storage: x.storage,
  dtype: x.dtype,
  shape: [x.shape[0], 1],
  strides: [x.strides[0], 1],
  offset: x.offset,
})
const asRow = (x: Tensor): View => ({
  storage: x.storage,
  dtype: x.dtype,
  shape: [1, x.shape[0]],
  strides: [1, x.strides[0]],
  offset: x.offset,
})

function dot(a: Tensor, b: Tensor): Tensor {
  check(
    a.ndim === 1 && b.ndim === 1,
    () => `1D tensors expected, but got ${a.ndim}D and ${b.ndim}D tensors`,
  )
  check(
    a.dtype === b.dtype,
    () =>
      `dot : expected both vectors to have same dtype, but found ${dtypes[a.dtype].scalarType} and ${dtypes[b.dtype].scalarType}`,
  )
  check(
    a.shape[0] === b.shape[0],
    () =>
      `inconsistent tensor size, expected tensor [${a.shape[0]}] and src [${b.shape[0]}] to have the same number of elements, but got ${a.shape[0]} and ${b.shape[0]} elements respectively`,
  )
  check(a.dtype !== 'bool', () => `"dot" not implemented for 'Bool'`)
  return product(asRow(a), asColumn(b), [1, 1]).reshape([])
}

const unsafeView = (t: Tensor, shape: readonly number[]): Tensor =>
  callOperation('_unsafe_view', [t, shape]) as Tensor

/** Batched product with broadcast batch dims: folded into one matrix where the right side has none. */
function matmul(a: Tensor, b: Tensor): Tensor {
  check(
    a.ndim > 0 && b.ndim > 0,
    () => `both arguments to matmul need to be at least 1D, but they are ${a.ndim}D and ${b.ndim}D`,
  )
  if (a.ndim === 1 && b.ndim === 1) return a.dot(b)
  if (a.ndim === 2 && b.ndim === 1) return a.mv(b)
  if (a.ndim === 1 && b.ndim === 2) return a.unsqueeze(0).mm(b).squeeze(0)
  if (a.ndim === 2 && b.ndim === 2) return a.mm(b)
  if (a.ndim >= 3 && b.ndim <= 2) {
    const matrix = b.ndim === 1 ? b.unsqueeze(-1) : b
    const inner = a.shape[a.ndim - 1]
    const folded = a.reshape([elementCount(a.shape.slice(0, -1)), inner]).mm(matrix)
    const lead = a.shape.slice(0, -1)
    return unsafeView(folded, b.ndim === 1 ? lead : [...lead, b.shape[1]])
  }
  const left = a.ndim === 1 ? a.unsqueeze(0) : a
  const right = b
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2))
  const [m, k] = left.shape.slice(-2)
  const [k2, n] = right.shape.slice(-2)
  const count = elementCount(batch)
  const product = left
    .expand([...batch, m, k])
    .reshape([count, m, k])
    .bmm(right.expand([...batch, k2, n]).reshape([count, k2, n]))
  return unsafeView(product, a.ndim === 1 ? [...batch, n] : [...batch, m, n])
}

/** `beta · self + alpha · product` as the epilogue of the product. */
function blended(
  self: Tensor,
  a: View,
  b: View,
  shape: readonly number[],
  beta: Scalar,
  alpha: Scalar,
): Tensor {
  self.expand(shape) // throws where self doesn't broadcast
  const { compute } = dtypes[a.dtype]
  const scale = numeric(alpha)
  const keep = numeric(beta)
  const scaledBy = (x: Expr, i: number, by: number) => (by === 1 ? x : x.mul(scalar(i, compute)))
  // beta 0 drops self, even its NaN.
  if (keep === 0) {
    return contract(a, b, shape, (p) => p.mul(scalar(0, compute)), [], [scale])
  }
  if (scale === 1 && keep === 1) return contract(a, b, shape, (p, x) => p.add(x), [self])
  return contract(
    a,
    b,
    shape,
    (p, x) => scaledBy(p, 0, scale).add(scaledBy(x, 1, keep)),
    [self],
    [scale, keep],
  )
}

const typed = (dtype: DType, ...tensors: Tensor[]): void => {
  for (const t of tensors) {
    check(
      t.dtype === dtype,
      () =>
        `expected scalar type ${dtypes[dtype].scalarType} but found ${dtypes[t.dtype].scalarType}`,
    )
  }
}

const implementations: FamilyImplementations<typeof matmulSchemas> = {
  mm,
  bmm,
  mv,
  dot,
  vdot: (a, b) => a.dot(b),
  outer: (a, b) => {
    check(a.ndim === 1, () => `outer: Expected 1-D argument self, but got ${a.ndim}-D`)
    check(b.ndim === 1, () => `outer: Expected 1-D argument vec2, but got ${b.ndim}-D`)
    return a.unsqueeze(1).mul(b)
  },
  ger: (a, b) => a.outer(b),
  matmul,
  addmm: (self, a, b, beta, alpha) => {
    check(
      a.ndim === 2 && b.ndim === 2,
      () => `mat1 and mat2 must be matrices, got ${a.ndim}-D and ${b.ndim}-D`,
    )
    checkMatrices(a, b, 'mat1')
    typed(self.dtype, a, b)
    return blended(self, a, b, [a.shape[0], b.shape[1]], beta, alpha)
  },
  addmv: (self, a, x, beta, alpha) => {
    check(
      a.ndim === 2 && x.ndim === 1 && self.ndim <= 1,
      () => `vector + matrix @ vector expected, got ${self.ndim}, ${a.ndim}, ${x.ndim}`,
    )
    check(
      a.shape[1] === x.shape[0] && (self.numel() === a.shape[0] || self.numel() === 1),
      () =>
        `size mismatch, got input (${self.shape[0] ?? 1}), mat (${a.shape[0]}x${a.shape[1]}), vec (${x.shape[0]})`,
    )
    typed(self.dtype, a, x)
    const column = self.expand([a.shape[0]]).unsqueeze(1)
    return blended(column, a, asColumn(x), [a.shape[0], 1], beta, alpha).reshape([a.shape[0]])
  },
  addr: (self, a, b, beta, alpha) => {
    check(a.ndim === 1, () => `addr: Expected 1-D argument vec1, but got ${a.ndim}-D`)
    check(b.ndim === 1, () => `addr: Expected 1-D argument vec2, but got ${b.ndim}-D`)
    for (const [name, factor] of Object.entries({ beta, alpha })) {
      checkFactor(name, factor, [self, a, b])
    }
    // Among bools a factor is one too: the whole tensor, or nothing.
    const times = (t: Tensor, by: Scalar) => t.mul(t.dtype === 'bool' ? numeric(by) !== 0 : by)
    const product = times(a.outer(b), alpha)
    self.expand(product.shape)
    return numeric(beta) === 0 ? product : times(self, beta).add(product)
  },
  baddbmm: (self, a, b, beta, alpha) => {
    checkBatches(a, b)
    typed(self.dtype, a, b)
    return blended(self, a, b, [a.shape[0], a.shape[1], b.shape[2]], beta, alpha)
  },
  addbmm: (self, a, b, beta, alpha) => {
    checkBatches(a, b)
    typed(self.dtype, a, b)
    const [count, m, k] = a.shape
    // The sum over the batch is a longer inner dim.
    const left = a.permute(1, 0, 2).reshape([m, count * k])
    const right = b.reshape([count * k, b.shape[2]])
    return blended(self, left, right, [m, b.shape[2]], beta, alpha)
  },
}

define(matmulSchemas, implementations)
