import {
  constant,
  type DType,
  dtypes,
  index,
  input,
  isFloat,
  isInteger,
  scalar,
} from '@sconce/backend'
import { requireAutograd } from '../autograd-slot.ts'
import { getDevice } from '../device.ts'
import { check, sizes } from '../errors.ts'
import { mapInto, mapTo } from '../kernel-call.ts'
import { checkWritable } from '../pointwise/run.ts'
import { defaultFloat, defaultInt } from '../promotion.ts'
import { FloatScalar, type Scalar, scalarKind } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { define, type FamilyImplementations } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'
import { writeScalar } from './fill.ts'

const options = '*, ScalarType? dtype=None, Device? device=None, bool requires_grad=False'

/** Tensors made from sizes and numbers, and fills. */
export const creationSchemas = {
  zeros: `zeros(int... size, ${options}) -> Tensor`,
  ones: `ones(int... size, ${options}) -> Tensor`,
  /** Contents unspecified; `torch.empty`. */
  empty: `empty(int... size, ${options}) -> Tensor`,
  /** A number gives float32, a boolean bool and a bigint int64, unless `dtype` says otherwise. */
  full: `full(int[] size, Scalar fill_value, ${options}) -> Tensor`,
  eye: `eye(int n, int? m=None, ${options}) -> Tensor`,
  /** int32 for integral arguments, int64 for bigints, else float32; `torch.arange`. */
  arange: [
    `arange(Scalar end, ${options}) -> Tensor`,
    `arange.start(Scalar start, Scalar end, Scalar step=1, ${options}) -> Tensor`,
  ],
  linspace: `linspace(Scalar start, Scalar end, int steps, ${options}) -> Tensor`,
  logspace: `logspace(Scalar start, Scalar end, int steps, float base=10.0, ${options}) -> Tensor`,
  zerosLike: `zeros_like(Tensor self, ${options}) -> Tensor`,
  onesLike: `ones_like(Tensor self, ${options}) -> Tensor`,
  emptyLike: `empty_like(Tensor self, ${options}) -> Tensor`,
  fullLike: `full_like(Tensor self, Scalar fill_value, ${options}) -> Tensor`,
  newZeros: `new_zeros(Tensor self, int... size, ${options}) -> Tensor`,
  newOnes: `new_ones(Tensor self, int... size, ${options}) -> Tensor`,
  newEmpty: `new_empty(Tensor self, int... size, ${options}) -> Tensor`,
  newFull: `new_full(Tensor self, int[] size, Scalar fill_value, ${options}) -> Tensor`,
  /** Sets every element; `Tensor.fill_`. */
  fill: 'fill(Tensor self, Tensor|Scalar value) -> Tensor!',
  /** Sets every element to 0; `Tensor.zero_`. */
  zero: 'zero(Tensor self) -> Tensor!',
} as const satisfies Schemas

/** The dtype a fill value has of itself: JS numbers are floats unless they are bigints or booleans. */
const fillDType = (value: Scalar): DType =>
  typeof value === 'bigint' ? 'int64' : typeof value === 'boolean' ? 'bool' : defaultFloat

function filled(
  size: readonly number[],
  value: Scalar,
  dtype: DType,
  device: string | undefined,
  requiresGrad: boolean,
): Tensor {
  checkSize(size)
  const result = makeTensor(getDevice(device), dtype, size)
  writeScalar(result, value)
  return finish(result, requiresGrad)
}

export function checkSize(size: readonly number[]): void {
  const negative = size.find((s) => s < 0)
  check(
    negative === undefined,
    () => `Trying to create tensor with negative dimension ${negative}: ${sizes(size)}`,
  )
}

export function finish(result: Tensor, requiresGrad: boolean): Tensor {
  if (requiresGrad) requireAutograd('requiresGrad').setRequiresGrad(result, true, 'option')
  return result
}

function empty(
  size: readonly number[],
  dtype: DType | undefined,
  device: string | undefined,
  requiresGrad: boolean,
): Tensor {
  checkSize(size)
  return finish(makeTensor(getDevice(device), dtype ?? defaultFloat, size), requiresGrad)
}

const numeric = (value: Scalar): number =>
  Number(value instanceof FloatScalar ? value.value : value)

function arange(
  start: Scalar,
  end: Scalar,
  step: Scalar,
  dtype: DType | undefined,
  device: string | undefined,
  requiresGrad: boolean,
): Tensor {
  const given = [start, end, step]
  const kind = given.some((s) => scalarKind(s) === 'float')
    ? defaultFloat
    : given.some((s) => typeof s === 'bigint')
      ? 'int64'
      : defaultInt
  const type = dtype ?? kind
  const [from, to, by] = given.map(numeric)
  check(by !== 0, () => 'step must be nonzero')
  check(Number.isFinite(from) && Number.isFinite(to), () => `unsupported range: ${from} -> ${to}`)
  check(
    (by > 0 && to >= from) || (by < 0 && to <= from),
    () => 'upper bound and larger bound inconsistent with step sign',
  )
  const count = Math.ceil((to - from) / by)
  const { compute } = dtypes[type]
  // Computed wide, like PyTorch's accumulate type, and only then rounded to the dtype.
  const target = getDevice(device)
  const wide =
    isFloat(compute) && target.backend.info.dtypes.float64?.arithmetic ? 'float64' : compute
  const value = scalar(0, wide)
    .add(scalar(1, wide).mul(index(0).cast(wide)))
    .cast(type)
  return finish(mapTo([value], [], [count], [from, by], target)[0], requiresGrad)
}

/** `steps` numbers from start to end; counted from the nearer end, as PyTorch does. */
function linspace(
  start: Scalar,
  end: Scalar,
  steps: number,
  dtype: DType | undefined,
  device: string | undefined,
): Tensor {
  check(steps >= 0, () => 'number of steps must be non-negative')
  const type = dtype ?? defaultFloat
  const [from, to] = [numeric(start), numeric(end)]
  const target = getDevice(device)
  if (steps === 1) {
    return mapTo([scalar(0, dtypes[type].compute).cast(type)], [], [1], [from], target)[0]
  }
  const { compute } = dtypes[type]
  const i = index(0)
  if (!isFloat(compute)) {
    // Integers: the step is a float, each half is truncated on its own.
    const step = scalar(2, 'float32')
    const up = scalar(0, 'float32').add(step.mul(i.cast('float32')))
    const down = scalar(1, 'float32').sub(step.mul(scalar(3, 'int32').sub(i).cast('float32')))
    const value = i.lt(scalar(4, 'int32')).where(up, down).cast(type)
    return mapTo(
      [value],
      [],
      [steps],
      [from, to, (to - from) / (steps - 1), steps - 1, Math.floor(steps / 2)],
      target,
    )[0]
  }
  const step = scalar(2, compute)
  const up = scalar(0, compute).add(step.mul(i.cast(compute)))
  const down = scalar(1, compute).sub(step.mul(scalar(3, 'int32').sub(i).cast(compute)))
  const value = i.lt(scalar(4, 'int32')).where(up, down).cast(type)
  const exact =
    compute === 'float32'
      ? Math.fround((Math.fround(to) - Math.fround(from)) / (steps - 1))
      : (to - from) / (steps - 1)
  return mapTo([value], [], [steps], [from, to, exact, steps - 1, Math.floor(steps / 2)], target)[0]
}

function logspace(
  start: Scalar,
  end: Scalar,
  steps: number,
  base: number,
  dtype: DType | undefined,
  device: string | undefined,
): Tensor {
  check(steps >= 0, () => 'number of steps must be non-negative')
  const type = dtype ?? defaultFloat
  const wide: DType = getDevice(device).backend.info.dtypes.float64?.arithmetic
    ? 'float64'
    : 'float32'
  // Exponents of integers are integers at both ends, and real in between.
  const whole = (x: Scalar) => (isInteger(type) ? Math.trunc(Number(x)) : x)
  const exponents = linspace(whole(start), whole(end), steps, wide, device)
  const power = scalar(0, wide).pow(input(0, wide)).cast(type)
  return mapTo([power], [exponents], [steps], [base])[0]
}

function eye(
  n: number,
  m: number | undefined,
  dtype: DType | undefined,
  device: string | undefined,
  requiresGrad: boolean,
): Tensor {
  check(n >= 0, () => `n must be greater or equal to 0, got ${n}`)
  check(m === undefined || m >= 0, () => `m must be greater or equal to 0, got ${m}`)
  const type = dtype ?? defaultFloat
  const { compute } = dtypes[type]
  const one = index(0).eq(index(1)).where(constant(1, compute), constant(0, compute)).cast(type)
  return finish(mapTo([one], [], [n, m ?? n], [], getDevice(device))[0], requiresGrad)
}

function fillWith(self: Tensor, value: Tensor | Scalar): void {
  if (typeof value === 'object' && 'storage' in value) {
    check(
      value.ndim === 0,
      () =>
        `fill_ only supports 0-dimension value tensor but got tensor with ${value.ndim} dimensions.`,
    )
    checkWritable(self)
    mapInto(self, input(0, value.dtype).cast(self.dtype), [value])
    return
  }
  checkWritable(self)
  writeScalar(self, value)
}

const likeDType = (t: Tensor, dtype: DType | undefined): DType => dtype ?? t.dtype

const implementations: FamilyImplementations<typeof creationSchemas> = {
  zeros: (size, dtype, device, grad) => filled(size, 0, dtype ?? defaultFloat, device, grad),
  ones: (size, dtype, device, grad) => filled(size, 1, dtype ?? defaultFloat, device, grad),
  empty,
  full: (size, value, dtype, device, grad) =>
    filled(size, value, dtype ?? fillDType(value), device, grad),
  eye,
  arange: (end, dtype, device, grad) => arange(0, end, 1, dtype, device, grad),
  'arange.start': arange,
  linspace: (start, end, steps, dtype, device, grad) =>
    finish(linspace(start, end, steps, dtype, device), grad),
  logspace: (start, end, steps, base, dtype, device, grad) =>
    finish(logspace(start, end, steps, base, dtype, device), grad),
  zeros_like: (t, dtype, device, grad) =>
    filled(t.shape, 0, likeDType(t, dtype), device ?? t.device, grad),
  ones_like: (t, dtype, device, grad) =>
    filled(t.shape, 1, likeDType(t, dtype), device ?? t.device, grad),
  empty_like: (t, dtype, device, grad) =>
    empty(t.shape, likeDType(t, dtype), device ?? t.device, grad),
  full_like: (t, value, dtype, device, grad) =>
    filled(t.shape, value, likeDType(t, dtype), device ?? t.device, grad),
  new_zeros: (t, size, dtype, device, grad) =>
    filled(size, 0, likeDType(t, dtype), device ?? t.device, grad),
  new_ones: (t, size, dtype, device, grad) =>
    filled(size, 1, likeDType(t, dtype), device ?? t.device, grad),
  new_empty: (t, size, dtype, device, grad) =>
    empty(size, likeDType(t, dtype), device ?? t.device, grad),
  new_full: (t, size, value, dtype, device, grad) =>
    filled(size, value, likeDType(t, dtype), device ?? t.device, grad),
  fill: {
    run: (self, value) => {
      const result = makeTensor(self.storage.device, self.dtype, self.shape)
      fillWith(result, value)
      return result
    },
    inplace: fillWith,
  },
  zero: {
    run: (self) => filled(self.shape, 0, self.dtype, self.device, false),
    inplace: (self) => fillWith(self, 0),
  },
}

define(creationSchemas, implementations)
