import { dtypes } from '../dtype.ts'
import { input } from '../expr.ts'
import type { MatmulKernel } from '../kernel.ts'
import { reduce } from '../kernels.ts'
import { type Call, type Step, step, view } from './step.ts'

/** A product is a sum over k of the broadcast product: iteration shape [...batch, m, n, k]. */
export function* lowerMatmul(
  kernel: MatmulKernel,
  { inputs, outputs, scalars }: Call,
): Generator<Step> {
  const [a, b, ...further] = inputs
  const [out] = outputs
  const batch = out.shape.length - 2
  const k = a.shape[batch + 1]
  const shape = [...out.shape, k]
  const compute = dtypes[kernel.dtype].compute
  const product = input(0, kernel.dtype).cast(compute).mul(input(1, kernel.dtype).cast(compute))
  const spread = (strides: readonly number[], row: number, column: number, inner: number) => [
    ...strides.slice(0, batch),
    row,
    column,
    inner,
  ]
  yield step(
    reduce([{ op: 'sum', value: product }], [kernel.epilogue], kernel.inputs),
    [
      view(a, shape, spread(a.strides, a.strides[batch], 0, a.strides[batch + 1])),
      view(b, shape, spread(b.strides, 0, b.strides[batch + 1], b.strides[batch])),
      ...further.map((f) => view(f, shape, [...f.strides, 0])),
    ],
    [view(out, shape, [...out.strides, 0])],
    scalars,
  )
}
