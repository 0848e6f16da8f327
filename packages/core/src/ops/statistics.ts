import { dtypes, input, isFloat, isInteger, newArray } from '@sconce/backend'
import { check, RuntimeError } from '../errors.ts'
import { mapTo } from '../kernel-call.ts'
import { defaultFloat, defaultInt, resultType } from '../promotion.ts'
import { isScalar, type Scalar } from '../scalar.ts'
import type { Schemas } from '../schema/types.ts'
import { broadcastShapes, wrapDim } from '../shape.ts'
import { define, type FamilyImplementations } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'

/** Counting, comparing and describing. */
export const statisticsSchemas = {
  bincount: 'bincount(Tensor self, Tensor? weights=None, int minlength=0) -> Tensor',
  histc: 'histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor',
  /** Distinct elements, or slices along `dim`, sorted; `torch.unique`. */
  unique: [
    'unique(Tensor self, bool sorted=True, false return_inverse=False, false return_counts=False, int? dim=None) -> Tensor',
    'unique.inverse(Tensor self, bool sorted=True, true return_inverse, false return_counts=False, int? dim=None) -> (Tensor output, Tensor inverse_indices)',
    'unique.counts(Tensor self, bool sorted=True, false return_inverse=False, true return_counts, int? dim=None) -> (Tensor output, Tensor counts)',
    'unique.both(Tensor self, bool sorted=True, true return_inverse, true return_counts, int? dim=None) -> (Tensor output, Tensor inverse_indices, Tensor counts)',
  ],
  uniqueConsecutive: [
    'unique_consecutive(Tensor self, false return_inverse=False, false return_counts=False, int? dim=None) -> Tensor',
    'unique_consecutive.inverse(Tensor self, true return_inverse, false return_counts=False, int? dim=None) -> (Tensor output, Tensor inverse_indices)',
    'unique_consecutive.counts(Tensor self, false return_inverse=False, true return_counts, int? dim=None) -> (Tensor output, Tensor counts)',
    'unique_consecutive.both(Tensor self, true return_inverse, true return_counts, int? dim=None) -> (Tensor output, Tensor inverse_indices, Tensor counts)',
  ],
  isin: 'isin(Tensor|Scalar elements, Tensor|Scalar test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor',
  isclose:
    'isclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor',
  cov: 'cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor',
  corrcoef: 'corrcoef(Tensor self) -> Tensor',
  gcd: 'gcd(Tensor self, Tensor other) -> Tensor!',
  lcm: 'lcm(Tensor self, Tensor other) -> Tensor!',
  ldexp: 'ldexp(Tensor self, Tensor other) -> Tensor!',
  frexp: 'frexp(Tensor self) -> (Tensor mantissa, Tensor exponent)',
  /** A power in float64; `torch.float_power`. */
  floatPower: [
    'float_power(Tensor self, Tensor|Scalar exponent) -> Tensor!',
    'float_power.self_scalar(Scalar self, Tensor exponent) -> Tensor',
  ],
} as const satisfies Schemas

/** Numbers of any dtype, on the host. */
function numbersOf(t: Tensor): ArrayLike<number> {
  const half = t.dtype === 'float16' || t.dtype === 'bfloat16'
  const data = (half ? t.float() : t).toTypedArray()
  return data instanceof BigInt64Array ? Array.from(data, Number) : data
}

/** A host array as a tensor on the device of `like`. */
function uploaded(
  values: readonly number[],
  dtype: 'float32' | 'float64' | 'int32' | 'int64',
  like: Tensor,
  shape: readonly number[] = [values.length],
): Tensor {
  const { device } = like.storage
  const result = makeTensor(device, dtype, shape)
  const data = newArray(dtype, values.length)
  if (data instanceof BigInt64Array)
    values.forEach((v, i) => {
      data[i] = BigInt(v)
    })
  else data.set(values as number[] & bigint[])
  if (values.length > 0) device.backend.write(result.storage.use(), data)
  return result
}

function bincount(t: Tensor, weights: Tensor | undefined, minlength: number): Tensor {
  check(
    t.ndim === 1 || t.numel() === 0,
    () => 'bincount only supports 1-d non-negative integral inputs.',
  )
  check(
    !isFloat(t.dtype) && t.dtype !== 'bool',
    () => `"bincount_cpu" not implemented for '${dtypes[t.dtype].scalarType}'`,
  )
  check(minlength >= 0, () => 'minlength should be >= 0')
  check(
    weights === undefined || (weights.ndim === 1 && weights.numel() === t.numel()),
    () => 'weights should be 1-d and have the same length as input',
  )
  const values = numbersOf(t)
  let size = minlength
  for (let i = 0; i < values.length; i++) {
    check(values[i] >= 0, () => 'bincount only supports 1-d non-negative integral inputs.')
    size = Math.max(size, values[i] + 1)
  }
  const counts = weights
    ? weights.newZeros([size], { dtype: weights.dtype === 'float32' ? 'float32' : 'float64' })
    : t.newZeros([size], { dtype: defaultInt })
  if (t.numel() === 0) return counts
  const ones = weights ? weights.to(counts.dtype) : counts.newOnes([t.numel()])
  return counts.scatterAdd(0, t.to(defaultInt), ones)
}

const scalarNumber = (s: Scalar): number => Number(s.valueOf())

function histc(t: Tensor, bins: number, low: Scalar, high: Scalar): Tensor {
  check(
    isFloat(t.dtype),
    () => `"histogram_cpu" not implemented for '${dtypes[t.dtype].scalarType}'`,
  )
  check(bins > 0, () => `torch.histogram(): bins must be > 0, but got ${bins} for dimension 0`)
  const values = numbersOf(t)
  let [min, max] = [scalarNumber(low), scalarNumber(high)]
  if (min === max && values.length > 0) {
    min = Number.POSITIVE_INFINITY
    max = Number.NEGATIVE_INFINITY
    for (let i = 0; i < values.length; i++) {
      min = Math.min(min, values[i])
      max = Math.max(max, values[i])
    }
  }
  if (min === max) {
    min -= 1
    max += 1
  }
  check(
    Number.isFinite(min) && Number.isFinite(max),
    () => `range of [${min}, ${max}] is not finite`,
  )
  check(min < max, () => 'max must be larger than min')
  const counts = Array<number>(bins).fill(0)
  for (let i = 0; i < values.length; i++) {
    const x = values[i]
    if (!(x >= min && x <= max)) continue
    counts[Math.min(bins - 1, Math.floor(((x - min) / (max - min)) * bins))]++
  }
  return uploaded(counts, t.dtype === 'float64' ? 'float64' : 'float32', t).to(t.dtype)
}

interface Uniques {
  output: Tensor
  inverseIndices: Tensor
  counts: Tensor
}

/**
 * Distinct slices of `t` along dim 0 (rows of a matrix), sorted or in order of runs. On the host: the
 * shape of the result depends on the data.
 */
function uniqueRows(
  t: Tensor,
  sorted: boolean,
): { rows: number[]; inverse: number[]; counts: number[] } {
  const count = t.shape[0]
  const width = t.numel() === 0 ? 0 : t.numel() / count
  const data = t.toTypedArray()
  const compare = (a: number, b: number): number => {
    for (let i = 0; i < width; i++) {
      const [x, y] = [data[a * width + i], data[b * width + i]]
      if (x < y) return -1
      if (x > y) return 1
      if (x !== y) return Number.isNaN(x) ? (Number.isNaN(y) ? a - b : 1) : -1
    }
    return 0
  }
  const order = Array.from({ length: count }, (_, i) => i)
  if (sorted) order.sort((a, b) => compare(a, b) || a - b)
  const rows: number[] = []
  const inverse = Array<number>(count)
  const counts: number[] = []
  order.forEach((row, i) => {
    if (i === 0 || compare(order[i - 1], row) !== 0) {
      rows.push(row)
      counts.push(0)
    }
    counts[counts.length - 1]++
    inverse[row] = rows.length - 1
  })
  return { rows, inverse, counts }
}

function unique(t: Tensor, sorted: boolean, dim: number | undefined): Uniques {
  const d = dim === undefined ? 0 : wrapDim(dim, t.ndim)
  check(
    dim === undefined || t.numel() > 0 || t.shape.filter((s) => s === 0).length === 1,
    () => "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied",
  )
  const flat = dim === undefined ? t.reshape([-1]) : t.movedim(d, 0)
  const { rows, inverse, counts } = uniqueRows(flat, sorted)
  const picked = flat.indexSelect(0, uploaded(rows, 'int32', t))
  return {
    output: dim === undefined ? picked : picked.movedim(0, d),
    inverseIndices: uploaded(inverse, 'int32', t, dim === undefined ? t.shape : [inverse.length]),
    counts: uploaded(counts, 'int32', t),
  }
}

function cov(self: Tensor, correction: number, fweights?: Tensor, aweights?: Tensor): Tensor {
  check(
    self.ndim <= 2,
    () =>
      `cov(): expected input to have two or fewer dimensions but got an input with ${self.ndim} dimensions`,
  )
  check(self.dtype !== 'bool', () => 'cov(): bool dtype is not supported for input')
  const x = self.ndim < 2 ? self.reshape([1, -1]) : self
  const observations = x.shape[1]
  for (const [name, w] of [
    ['fweights', fweights],
    ['aweights', aweights],
  ] as const) {
    if (!w) continue
    check(
      w.ndim <= 1,
      () =>
        `cov(): expected ${name} to have one or fewer dimensions but got ${name} with ${w.ndim} dimensions`,
    )
    check(
      name === 'aweights' ? isFloat(w.dtype) : !isFloat(w.dtype) && w.dtype !== 'bool',
      () =>
        `cov(): expected ${name} to have ${name === 'aweights' ? 'floating point' : 'integral'} dtype but got ${name} with ${dtypes[w.dtype].scalarType} dtype`,
    )
    check(
      w.numel() === observations,
      () =>
        `cov(): expected ${name} to have the same numel as there are observations in the input but got ${w.numel()} != ${observations}`,
    )
    check(w.numel() === 0 || w.min().item() >= 0, () => `cov(): ${name} cannot be negative`)
  }
  const w = fweights && aweights ? fweights.mul(aweights) : (fweights ?? aweights)
  const total = w ? w.sum() : x.newFull([], observations, { dtype: defaultInt })
  check(!w || total.item() !== 0, () => "cov(): weights sum to zero, can't be normalized")
  const mean = w ? x.mul(w).sum(1).div(total) : x.sum(1).div(total)
  const scale =
    aweights && correction !== 0
      ? total.sub((w as Tensor).mul(aweights).sum().div(total).mul(correction))
      : total.sub(correction)
  const centered = x.sub(mean.unsqueeze(1))
  const weighted = w ? centered.mul(w) : centered
  const norm = scale.clamp({ min: 0 })
  return weighted.mm(centered.t().to(weighted.dtype)).div(norm).squeeze()
}

function corrcoef(t: Tensor): Tensor {
  check(
    t.ndim <= 2,
    () =>
      `corrcoef(): expected input to have two or fewer dimensions but got an input with ${t.ndim} dimensions`,
  )
  const c = t.cov()
  if (c.ndim === 0) return c.div(c)
  const deviation = c.diagonal().sqrt()
  return c.div(deviation.unsqueeze(1)).div(deviation.unsqueeze(0)).clamp({ min: -1, max: 1 })
}

/** Euclid's algorithm on whole tensors; at most 1.44 · bits steps are needed. */
function gcd(a: Tensor, b: Tensor, kernelName = 'gcd_cpu'): Tensor {
  const dtype = resultType([a, b])
  check(isInteger(dtype), () => `"${kernelName}" not implemented for '${dtypes[dtype].scalarType}'`)
  const shape = broadcastShapes(a.shape, b.shape)
  let [x, y] = [a, b].map((t) => t.to(dtype).abs().expand(shape))
  const zero = input(1, y.dtype).eq(0)
  const kernel = [
    zero.where(input(0, x.dtype), input(1, y.dtype)),
    zero.where(
      input(1, y.dtype),
      input(0, x.dtype).rem(zero.where(input(0, x.dtype).max(1), input(1, y.dtype))),
    ),
  ]
  const steps = Math.ceil(dtypes[x.dtype].size * 8 * 1.45)
  const free = x.storage.device.backend.info.readSync === 'free'
  for (let s = 0; s < steps; s++) {
    if (free && !y.any().item()) break
    ;[x, y] = mapTo(kernel, [x, y], x.shape)
  }
  return x
}

const log2Floor = (x: number): number => {
  let e = Math.floor(Math.log2(x))
  if (2 ** e > x) e--
  if (2 ** (e + 1) <= x) e++
  return e
}

function frexp(t: Tensor) {
  check(isFloat(t.dtype), () => 'torch.frexp() only supports floating-point dtypes')
  const values = numbersOf(t)
  const mantissa: number[] = []
  const exponent: number[] = []
  for (let i = 0; i < values.length; i++) {
    const x = values[i]
    if (x === 0 || !Number.isFinite(x)) {
      mantissa.push(x)
      exponent.push(0)
      continue
    }
    const e = log2Floor(Math.abs(x)) + 1
    // Two steps: 2 ** -e alone would overflow for subnormals.
    const half = Math.trunc(e / 2)
    mantissa.push(x * 2 ** -half * 2 ** -(e - half))
    exponent.push(e)
  }
  return {
    mantissa: uploaded(mantissa, t.dtype === 'float64' ? 'float64' : 'float32', t, t.shape).to(
      t.dtype,
    ),
    exponent: uploaded(exponent, 'int32', t, t.shape),
  }
}

function isin(elements: Tensor | Scalar, tests: Tensor | Scalar, invert: boolean): Tensor {
  const like = !isScalar(elements) ? elements : tests
  if (isScalar(like))
    throw new RuntimeError('isin(): one of elements and test_elements must be a tensor')
  const x = isScalar(elements) ? like.newFull([], elements) : elements
  const y = isScalar(tests) ? like.newFull([], tests) : tests
  const equal = x.unsqueeze(-1).eq(y.reshape([-1]))
  const found = equal.any(-1)
  return invert ? found.logicalNot() : found
}

const floatPower = (base: Tensor, exponent: Tensor | Scalar): Tensor =>
  base.double().pow(isScalar(exponent) ? exponent : exponent.double())

const implementations: FamilyImplementations<typeof statisticsSchemas> = {
  bincount,
  histc,
  // PyTorch sorts whatever `sorted` says.
  unique: (t, _sorted, _inverse, _counts, dim) => unique(t, true, dim).output,
  'unique.inverse': (t, _sorted, _inverse, _counts, dim) => {
    const { output, inverseIndices } = unique(t, true, dim)
    return { output, inverseIndices }
  },
  'unique.counts': (t, _sorted, _inverse, _counts, dim) => {
    const { output, counts } = unique(t, true, dim)
    return { output, counts }
  },
  'unique.both': (t, _sorted, _inverse, _counts, dim) => unique(t, true, dim),
  unique_consecutive: (t, _inverse, _counts, dim) => unique(t, false, dim).output,
  'unique_consecutive.inverse': (t, _inverse, _counts, dim) => {
    const { output, inverseIndices } = unique(t, false, dim)
    return { output, inverseIndices }
  },
  'unique_consecutive.counts': (t, _inverse, _counts, dim) => {
    const { output, counts } = unique(t, false, dim)
    return { output, counts }
  },
  'unique_consecutive.both': (t, _inverse, _counts, dim) => unique(t, false, dim),
  isin: (elements, tests, _unique, invert) => isin(elements, tests, invert),
  isclose: (a, b, rtol, atol, equalNaN) => {
    check(
      a.dtype === b.dtype,
      () => `${dtypes[a.dtype].scalarType} did not match ${dtypes[b.dtype].scalarType}`,
    )
    check(rtol >= 0, () => `rtol must be greater than or equal to zero, but got ${rtol}`)
    check(atol >= 0, () => `atol must be greater than or equal to zero, but got ${atol}`)
    let close = a.eq(b)
    if (equalNaN && isFloat(a.dtype)) close = close.logicalOr(a.isnan().logicalAnd(b.isnan()))
    if (rtol === 0 && atol === 0) return close
    const [x, y] = isFloat(a.dtype) ? [a, b] : [a.to(defaultFloat), b.to(defaultFloat)]
    const allowed = y.abs().mul(rtol).add(atol)
    const error = x.sub(y).abs()
    return close.logicalOr(error.isfinite().logicalAnd(error.le(allowed)))
  },
  cov,
  corrcoef,
  gcd: (a, b) => gcd(a, b),
  lcm: (a, b) => {
    const divisor = gcd(a, b, 'lcm_cpu')
    const none = divisor.eq(0)
    const quotient = a.div(divisor.maskedFill(none, 1), { roundingMode: 'trunc' })
    return quotient.mul(b).abs()
  },
  ldexp: (a, b) => a.mul(b.newFull([], 2, { dtype: defaultFloat }).pow(b)),
  frexp,
  float_power: {
    run: floatPower,
    inplace: (base, exponent) => {
      check(
        base.dtype === 'float64',
        () =>
          `the base given to float_power_ has dtype ${dtypes[base.dtype].scalarType} but the operation's result requires dtype Double`,
      )
      base.pow_(isScalar(exponent) ? exponent : exponent.double())
    },
  },
  'float_power.self_scalar': (base, exponent) => {
    const power = exponent.double()
    return power.newFull([], base).pow(power)
  },
}

define(statisticsSchemas, implementations)
