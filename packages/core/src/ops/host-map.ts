import { type DType, dtypes, elementCount, isFloat } from '@sconce/backend'
import { commonDevice } from '../device.ts'
import { check, RuntimeError, sizes } from '../errors.ts'
import { decode, encode } from '../host-data.ts'
import type { InplaceRun, Operation } from '../operation.ts'
import { canCast, defaultFloat, resultType } from '../promotion.ts'
import { isScalar, type Scalar } from '../scalar.ts'
import { broadcastShapes, sameShape } from '../shape.ts'
import { operations } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'

/** Elements of the tensor as doubles, row-major. */
export const readNumbers = (t: Tensor): number[] => decode(t.dtype, t.toTypedArray()).map(Number)

/** Numbers as a tensor on the device of `like`. */
export function writeNumbers(
  values: readonly number[],
  dtype: DType,
  like: Tensor,
  shape: readonly number[] = [values.length],
): Tensor {
  const { device } = like.storage
  const result = makeTensor(device, dtype, shape)
  if (values.length > 0) device.backend.write(result.storage.use(), encode(dtype, values))
  return result
}

type Operands = readonly [Tensor | Scalar, Tensor | Scalar]

/** The dtype that the operands are brought to: a float. */
function commonDType(operands: Operands, integers: string | undefined): DType {
  const dtype = resultType(operands)
  if (isFloat(dtype)) return dtype
  if (integers !== undefined) {
    throw new RuntimeError(`"${integers}" not implemented for '${dtypes[dtype].scalarType}'`)
  }
  return defaultFloat
}

/** A function of two numbers, in doubles; `precision` is the dtype that the operands had. */
export type HostFunction = (x: number, y: number, precision: 'float32' | 'float64') => number

/**
 * An elementwise function of two numbers that has loops of data-dependent length, which the kernel
 * language can't express: operands are read, and the result written back. Computes in doubles.
 *
 * @param integers PyTorch's name of the kernel, where integer results are refused.
 */
function map([a, b]: Operands, f: HostFunction, integers: string | undefined): Tensor {
  const dtype = commonDType([a, b], integers)
  const tensors = [a, b].filter((x): x is Tensor => !isScalar(x))
  commonDevice(tensors)
  const shape = tensors.map((t) => t.shape).reduce(broadcastShapes)
  const precision = dtype === 'float64' ? 'float64' : 'float32'
  const round = precision === 'float64' ? Number : Math.fround
  const reader = (x: Tensor | Scalar): ((i: number) => number) => {
    if (isScalar(x)) {
      const value = round(Number(x.valueOf()))
      return () => value
    }
    const values = readNumbers(x.to(dtype).expand(shape))
    return (i) => values[i]
  }
  const [x, y] = [reader(a), reader(b)]
  const results = Array.from({ length: elementCount(shape) }, (_, i) => f(x(i), y(i), precision))
  return writeNumbers(results, dtype, tensors[0], shape)
}

/** Two numbers, or tensors of them, to one: an op computed on the host. */
export const hostMap =
  (f: HostFunction, integers?: string) =>
  (a: Tensor | Scalar, b: Tensor | Scalar): Tensor =>
    map([a, b], f, integers)

/** As `hostMap`, with an in-place form that has the checks of pointwise ops. */
export function hostMapInplace(f: HostFunction, integers?: string) {
  const run = (a: Tensor, b: Tensor): Tensor => map([a, b], f, integers)
  const inplace = (a: Tensor, b: Tensor): void => {
    const dtype = commonDType([a, b], integers)
    check(
      canCast(dtype, a.dtype),
      () =>
        `result type ${dtypes[dtype].scalarType} can't be cast to the desired output type ${dtypes[a.dtype].scalarType}`,
    )
    const shape = broadcastShapes(a.shape, b.shape)
    check(
      sameShape(shape, a.shape),
      () => `output with shape ${sizes(a.shape)} doesn't match the broadcast shape ${sizes(shape)}`,
    )
    const copy = operations.get('copy') as Operation
    copy.inplace(a, run(a, b), false)
  }
  return { run, inplace } satisfies InplaceRun
}
