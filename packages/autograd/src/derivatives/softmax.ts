import { callOperation, type softmaxSchemas, type Tensor } from '@sconce/core'
import { defineDerivatives } from './row.ts'

const backward = (name: string, g: Tensor, result: Tensor, dim: number): Tensor =>
  callOperation(name, [g, result, dim]) as Tensor

defineDerivatives<typeof softmaxSchemas>({
  softmax: {
    save: ['result'],
    self: (g, { result, dim }) => backward('_softmax_backward_data', g, result, dim),
  },
  log_softmax: {
    save: ['result'],
    self: (g, { result, dim }) => backward('_log_softmax_backward_data', g, result, dim),
  },
  // y·(g - Σ g·y)
  _softmax_backward_data: {
    save: { gradOutput: ['output'], output: ['gradOutput', 'output'] },
    gradOutput: (g, { output, dim }) => backward('_softmax_backward_data', g, output, dim),
    output: (g, { gradOutput, output, dim }) => {
      const inner = gradOutput.sub(gradOutput.mul(output).sum(dim, true))
      return g.mul(inner).sub(gradOutput.mul(g.mul(output).sum(dim, true)))
    },
  },
  // g - e^y·Σ g
  _log_softmax_backward_data: {
    save: { gradOutput: ['output'], output: ['gradOutput', 'output'] },
    gradOutput: (g, { output, dim }) => g.sub(g.mul(output.exp()).sum(dim, true)),
    output: (g, { gradOutput, output, dim }) =>
      g.mul(output.exp()).mul(gradOutput.sum(dim, true)).neg(),
  },
})
