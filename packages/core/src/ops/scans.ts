import {
  acc,
  type DType,
  dtypes,
  type Expr,
  elementCount,
  input,
  isFloat,
  kernels,
  type ScanOp,
} from '@sconce/backend'
import { check, IndexError } from '../errors.ts'
import { dimLast, runKernel } from '../kernel-call.ts'
import { defaultFloat, defaultInt } from '../promotion.ts'
import type { Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { wrapDim } from '../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'

/** Running results along a dim, and differences. */
export const scanSchemas = {
  cumsum: 'cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor!',
  cumprod: 'cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor!',
  cummax: 'cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)',
  cummin: 'cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)',
  logcumsumexp: 'logcumsumexp(Tensor self, int dim) -> Tensor',
  diff: 'diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor',
  /** Integral by the trapezoid rule, at points `x` or at distance `dx`; `torch.trapezoid`. */
  trapezoid: 'trapezoid(Tensor y, Tensor? x=None, *, Scalar dx=1, int dim=-1) -> Tensor',
  trapz: 'trapz(Tensor y, Tensor? x=None, *, Scalar dx=1, int dim=-1) -> Tensor',
  cumulativeTrapezoid:
    'cumulative_trapezoid(Tensor y, Tensor? x=None, *, Scalar dx=1, int dim=-1) -> Tensor',
} as const satisfies Schemas

/** Runs a scan along `dim`; `values` are made of the accumulators. */
function scanTo(
  t: Tensor,
  op: ScanOp,
  dim: number,
  value: (x: Expr) => Expr,
  values: (a: Expr) => readonly Expr[],
): Tensor[] {
  const d = wrapDim(dim, t.ndim)
  const x = value(input(0, t.dtype))
  const kernel = kernels.scan(op, x, values(acc(0, x.dtype)))
  const results = kernel.outputs.map((dtype) => makeTensor(t.storage.device, dtype, t.shape))
  if (elementCount(t.shape) === 0) return results
  // A 0-d tensor is a scan of one.
  const last = (v: Tensor) => (v.ndim === 0 ? v.view([1]) : dimLast(v, d))
  runKernel(t.storage.device, kernel, [last(t)], results.map(last))
  return results
}

const running =
  (op: 'sum' | 'prod') =>
  (t: Tensor, dim: number, dtype: DType | undefined): Tensor => {
    const to = dtype ?? (isFloat(t.dtype) || t.dtype === 'int64' ? t.dtype : defaultInt)
    return scanTo(
      t,
      op,
      dim,
      (x) => x.cast(dtypes[to].compute),
      (a) => [a.cast(to)],
    )[0]
  }

const extreme = (op: 'min' | 'max') => (t: Tensor, dim: number) => {
  const [values, indices] = scanTo(
    t,
    op,
    dim,
    (x) => x.cast(dtypes[t.dtype].compute),
    (a) => [a.cast(t.dtype), acc(1, 'int32')],
  )
  return { values, indices }
}

function diff(t: Tensor, n: number, dim: number, prepend?: Tensor, append?: Tensor): Tensor {
  check(t.ndim >= 1, () => 'diff expects input to be at least one-dimensional')
  check(n >= 0, () => `order must be non-negative but got ${n}`)
  const d = wrapDim(dim, t.ndim)
  for (const other of [prepend, append]) {
    check(
      other === undefined || other.ndim === t.ndim,
      () => 'diff expects prepend or append to be the same dimension as input',
    )
  }
  if (n === 0) return t.clone()
  let x = t
  if (prepend || append) {
    const list = [prepend, t, append].filter((p) => p !== undefined)
    x = callOperation('cat', [list, d]) as Tensor
  }
  const order = Math.min(n, x.shape[d])
  if (order === 0) return x.narrow(d, 0, 0)
  for (let k = 0; k < order; k++) {
    const length = x.shape[d] - 1
    const [high, low] = [x.narrow(d, 1, length), x.narrow(d, 0, length)]
    x = x.dtype === 'bool' ? high.logicalXor(low) : high.sub(low)
  }
  return x
}

/** Areas of the trapezoids between neighbours along `dim`. */
function trapezoids(
  y: Tensor,
  x: Tensor | undefined,
  dx: Scalar,
  dim: number,
  name: string,
): Tensor {
  check(
    y.dtype !== 'bool',
    () => `${name}: received a bool input for \`y\`, but bool is not supported`,
  )
  const d = wrapDim(dim, y.ndim)
  if (y.ndim === 0) throw new IndexError('slice() cannot be applied to a 0-dim tensor.')
  const count = y.shape[d]
  if (count === 0) return y.narrow(d, 0, 0).to(isFloat(y.dtype) ? y.dtype : defaultFloat)
  const sums = y.narrow(d, 1, count - 1).add(y.narrow(d, 0, count - 1))
  if (!x) {
    check(typeof dx !== 'boolean', () => `${name}: Currently, we only support dx as a real number.`)
    return sums.mul(dx).div(2)
  }
  let steps = x
  if (x.ndim === 1) {
    check(
      x.shape[0] === count || x.shape[0] === 1,
      () => `${name}: There must be one \`x\` value for each sample point`,
    )
    steps = x.shape[0] === 1 ? x.expand([count]) : x
    steps = steps.diff().view(y.shape.map((_, k) => (k === d ? count - 1 : 1)))
  } else {
    steps = x.expand(y.shape).diff({ dim: d })
  }
  return sums.mul(steps).div(2)
}

const trapezoid = (y: Tensor, x: Tensor | undefined, dx: Scalar, dim: number): Tensor => {
  const d = wrapDim(dim, y.ndim)
  if (y.ndim === 0) {
    throw new IndexError(`Dimension specified as ${dim} but tensor has no dimensions`)
  }
  return trapezoids(y, x, dx, dim, 'trapezoid').sum(d)
}

const implementations: FamilyImplementations<typeof scanSchemas> = {
  cumsum: running('sum'),
  cumprod: running('prod'),
  cummax: extreme('max'),
  cummin: extreme('min'),
  logcumsumexp: (t, dim) => {
    check(
      isFloat(t.dtype) || t.numel() === 0,
      () => `"logcumsumexp_out_cpu" not implemented for '${dtypes[t.dtype].scalarType}'`,
    )
    return scanTo(
      t,
      'logsumexp',
      dim,
      (x) => x.cast(dtypes[t.dtype].compute),
      (a) => [a.cast(t.dtype)],
    )[0]
  },
  diff,
  trapezoid,
  trapz: trapezoid,
  cumulative_trapezoid: (y, x, dx, dim) =>
    trapezoids(y, x, dx, dim, 'cumulative_trapezoid').cumsum(dim),
}

define(scanSchemas, implementations)
