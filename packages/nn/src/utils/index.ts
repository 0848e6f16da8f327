/** `torch.nn.utils`. */
export { type ClipOptions, clipGradNorm_, clipGradValue_ } from './clip-grad.ts'
export { parametersToVector, vectorToParameters } from './convert-parameters.ts'
export * as rnn from './rnn.ts'
