export {
  Adadelta,
  type AdadeltaOptions,
  Adagrad,
  type AdagradOptions,
  RMSprop,
  type RMSpropOptions,
} from './adagrad.ts'
export { Adam, type AdamOptions, AdamW } from './adam.ts'
export { Adamax, type AdamaxOptions, NAdam, type NAdamOptions, RAdam } from './adam-variants.ts'
export { LBFGS, type LBFGSOptions } from './lbfgs.ts'
export * as lrScheduler from './lr-scheduler/index.ts'
export {
  type LoadableOptimizerState,
  Optimizer,
  type OptimizerState,
  type ParamGroup,
  type Params,
} from './optimizer.ts'
export { ASGD, type ASGDOptions, Rprop, type RpropOptions } from './rprop-asgd.ts'
export { SGD, type SGDOptions } from './sgd.ts'
export * as swaUtils from './swa-utils.ts'
