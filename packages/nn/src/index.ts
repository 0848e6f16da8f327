export type { AttentionOptions, Projections } from './attention/attend.ts'
export { MultiheadAttention } from './attention/multihead.ts'
export {
  type Activation,
  Transformer,
  TransformerDecoder,
  TransformerDecoderLayer,
  TransformerEncoder,
  TransformerEncoderLayer,
} from './attention/transformer.ts'
export { ModuleDict, ModuleList } from './containers/module-list.ts'
export { ParameterDict, ParameterList } from './containers/parameter-list.ts'
export { Sequential } from './containers/sequential.ts'
export { functional } from './functional.ts'
export * as init from './init.ts'
export * from './layers/activation.ts'
export { AdaptiveLogSoftmaxWithLoss } from './layers/adaptive-softmax.ts'
export {
  BatchNorm1d,
  BatchNorm2d,
  BatchNorm3d,
  InstanceNorm1d,
  InstanceNorm2d,
  InstanceNorm3d,
} from './layers/batch-norm.ts'
export {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
} from './layers/conv.ts'
export * from './layers/dropout.ts'
export { Embedding, EmbeddingBag } from './layers/embedding.ts'
export {
  FractionalMaxPool2d,
  FractionalMaxPool3d,
  type FractionalPoolOptions,
} from './layers/fractional-pool.ts'
export * from './layers/lazy.ts'
export { Bilinear, Identity, Linear } from './layers/linear.ts'
export * from './layers/loss.ts'
export * from './layers/norm.ts'
export * from './layers/padding.ts'
export * from './layers/pool.ts'
export * from './layers/reshaping.ts'
export { Sparsemax, sparsemax } from './layers/sparsemax.ts'
export {
  type BackwardHook,
  type ForwardHook,
  type ForwardPreHook,
  type LoadStateDictPostHook,
  type LoadStateDictPreHook,
  registerModuleForwardHook,
  registerModuleForwardPreHook,
  registerModuleFullBackwardHook,
  type StateDictHook,
  type StateDictPreHook,
} from './module/hooks.ts'
export type { WalkOptions } from './module/members.ts'
export { type Layer, Module } from './module/module.ts'
export type { IncompatibleKeys, LoadableState, StateDict } from './module/state-dict.ts'
export { Parameter, UninitializedParameter } from './parameter.ts'
export { GRUCell, LSTMCell, RNNCell, RNNCellBase } from './recurrent/cells.ts'
export { GRU, LSTM, type LSTMState, RNN, RNNBase, type Sequences } from './recurrent/rnn.ts'
export * as utils from './utils/index.ts'
