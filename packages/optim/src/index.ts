export { Adam, type AdamOptions, AdamW } from './adam.ts'
export {
  type LoadableOptimizerState,
  Optimizer,
  type OptimizerState,
  type ParamGroup,
  type Params,
} from './optimizer.ts'
export { SGD, type SGDOptions } from './sgd.ts'
