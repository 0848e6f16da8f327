/** `torch.nn.utils`. */
export { type ClipOptions, clipGradNorm_, clipGradValue_ } from './clip-grad.ts'
export { parametersToVector, vectorToParameters } from './convert-parameters.ts'
export {
  fuseConvBnEval,
  fuseConvBnWeights,
  fuseLinearBnEval,
  fuseLinearBnWeights,
} from './fusion.ts'
export * as parametrizations from './parametrizations.ts'
export * as parametrize from './parametrize.ts'
export * as prune from './prune.ts'
export * as rnn from './rnn.ts'
export { removeSpectralNorm, type SpectralNormOptions, spectralNorm } from './spectral-norm.ts'
export * as stateless from './stateless.ts'
export { removeWeightNorm, weightNorm } from './weight-norm.ts'
