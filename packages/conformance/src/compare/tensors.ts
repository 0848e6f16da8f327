import { type DType, isFloat, isInteger } from '@sconce/backend'
import { type CompareOptions, type Comparison, different, same } from './comparison.ts'
import { describeTensor, type HostTensor, indexText, magnitudeOf, numbersOf } from './host.ts'
import { allowedError, type Tolerance, toleranceOf } from './tolerances.ts'
import { ulpDistance } from './ulp.ts'

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, dim) => size === b[dim])

/** An index or a count may be of any integer dtype where PyTorch has int64; all others are exact. */
const acceptableDType = (actual: DType, expected: DType): boolean =>
  actual === expected || (expected === 'int64' && isInteger(actual))

/**
 * Compares a tensor with the expected one. Shapes are equal; dtypes too, but for an expected int64, which
 * any integer dtype may hold. Integers and bool are equal; NaN is just NaN, an infinity just itself; other
 * floats are within the tolerance. The error in ULP is recorded whether or not it is within.
 */
export function compareTensors(
  actual: HostTensor,
  expected: HostTensor,
  options: CompareOptions = {},
): Comparison {
  if (!acceptableDType(actual.dtype, expected.dtype) || !sameShape(actual.shape, expected.shape))
    return different(`expected ${describeTensor(expected)}, got ${describeTensor(actual)}`)
  if (actual.data.length !== expected.data.length)
    return different(`${describeTensor(actual)} came with ${actual.data.length} elements`)
  return isFloat(expected.dtype)
    ? compareFloats(actual, expected, options)
    : compareExactly(actual, expected, options)
}

function compareExactly(
  actual: HostTensor,
  expected: HostTensor,
  { ignored }: CompareOptions,
): Comparison {
  let first = -1
  let differing = 0
  let maxAbs = 0
  for (let i = 0; i < expected.data.length; i++) {
    const [a, e] = [actual.data[i], expected.data[i]]
    // Loose equality compares a bigint with a number by value.
    // biome-ignore lint/suspicious/noDoubleEquals: see above
    if (a == e || ignored?.has(i)) continue
    if (first < 0) first = i
    differing++
    maxAbs = Math.max(maxAbs, Math.abs(Number(a) - Number(e)))
  }
  if (first < 0) return same
  const message =
    `${differing} of ${expected.data.length} elements of ${describeTensor(expected)} differ, first at ` +
    `${indexText(expected.shape, first)}: expected ${expected.data[first]}, got ${actual.data[first]}`
  return { ...same, ok: false, message, maxAbs }
}

/** The tolerance in force for a tensor. */
function toleranceFor(expected: HostTensor, options: CompareOptions): Tolerance {
  const { op = '', phase = 'forward', inputs = [], tolerance } = options
  if (typeof tolerance === 'function') return tolerance(expected)
  if (tolerance) return tolerance
  const { dtype, shape: output } = expected
  const magnitude = options.magnitude ?? magnitudeOf(expected)
  return toleranceOf({ op, dtype, phase, inputs, output, magnitude })
}

function compareFloats(
  actual: HostTensor,
  expected: HostTensor,
  options: CompareOptions,
): Comparison {
  const { dtype, shape } = expected
  const tolerance = toleranceFor(expected, options)
  const [a, e] = [numbersOf(actual), numbersOf(expected)]
  let first = -1
  let differing = 0
  let maxAbs = 0
  let maxRel = 0
  let ulp: number | null = null
  for (let i = 0; i < e.length; i++) {
    if (options.ignored?.has(i)) continue
    const error = Math.abs(a[i] - e[i])
    const distance = ulpDistance(a[i], e[i], dtype)
    // The worst figures are of finite numbers; a wrong NaN or infinity speaks for itself.
    if (distance !== Number.POSITIVE_INFINITY) {
      ulp = Math.max(ulp ?? 0, distance)
      if (error > maxAbs) maxAbs = error
      if (e[i] !== 0 && error > maxRel * Math.abs(e[i])) maxRel = error / Math.abs(e[i])
    }
    const wrongZero = options.signedZero && e[i] === 0 && a[i] === 0 && !Object.is(a[i], e[i])
    const within =
      distance <= (tolerance.ulp ?? 0) || error <= allowedError(tolerance, e[i], options.f64dev)
    if ((distance === 0 || within) && !wrongZero && Number.isFinite(distance)) continue
    if (first < 0) first = i
    differing++
  }
  const figures = { ulp, maxAbs, maxRel }
  if (first < 0) return { ok: true, message: '', ...figures }
  const text = (value: number) => (Object.is(value, -0) ? '-0' : `${value}`)
  const message =
    `${differing} of ${e.length} elements of ${describeTensor(expected)} differ, first at ` +
    `${indexText(shape, first)}: expected ${text(e[first])}, got ${text(a[first])} ` +
    `(worst: ${maxAbs.toPrecision(3)} absolute, ${maxRel.toPrecision(3)} relative, ${ulp ?? 0} ULP; ` +
    `allowed there: ${allowedError(tolerance, e[first], options.f64dev).toPrecision(3)})`
  return { ok: false, message, ...figures }
}
