import { type DType, dtypes, elementCount, isFloat, kernels } from '@sconce/backend'
import { RuntimeError } from '../errors.ts'
import { dimLast, runKernel } from '../kernel-call.ts'
import type { Schemas } from '../schema/types.ts'
import { wrapDim } from '../shape.ts'
import { define, type FamilyImplementations } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'

/** Softmax and what its gradient needs. */
export const softmaxSchemas = {
  softmax: 'softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor',
  logSoftmax: 'log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor',
  /** Gradient of softmax at its result. */
  softmaxBackward: '_softmax_backward_data(Tensor grad_output, Tensor output, int dim) -> Tensor',
  logSoftmaxBackward:
    '_log_softmax_backward_data(Tensor grad_output, Tensor output, int dim) -> Tensor',
} as const satisfies Schemas

function rows(inputs: readonly Tensor[], dim: number, log: boolean): Tensor {
  const [x] = inputs
  const d = wrapDim(dim, x.ndim)
  const { device } = x.storage
  const result = makeTensor(device, x.dtype, x.shape)
  if (elementCount(x.shape) === 0) return result
  const last = (t: Tensor) => (t.ndim === 0 ? t.view([1]) : dimLast(t, d))
  const kernel = kernels.softmax(x.dtype, log, inputs.length === 2)
  runKernel(device, kernel, inputs.map(last), [last(result)])
  return result
}

const forward = (name: string, log: boolean) => (t: Tensor, dim: number, dtype?: DType) => {
  const x = dtype === undefined ? t : t.to(dtype)
  const last = wrapDim(dim, x.ndim) >= x.ndim - 1
  if (!isFloat(x.dtype) && x.numel() > 0) {
    throw new RuntimeError(
      `"${last ? `${name}_lastdim` : 'softmax'}_kernel_impl" not implemented for '${dtypes[x.dtype].scalarType}'`,
    )
  }
  return rows([x], dim, log)
}

const implementations: FamilyImplementations<typeof softmaxSchemas> = {
  softmax: forward('softmax', false),
  log_softmax: forward('log_softmax', true),
  _softmax_backward_data: (grad, output, dim) => rows([grad, output], dim, false),
  _log_softmax_backward_data: (grad, output, dim) => rows([grad, output], dim, true),
}

define(softmaxSchemas, implementations)
