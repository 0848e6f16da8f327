import './install.ts'

export { AccumulateGrad } from './accumulate.ts'
export { detectAnomaly, isAnomalyEnabled, setDetectAnomaly } from './anomaly.ts'
export { type BackwardAllOptions, backward, type GradOptions, grad } from './backward.ts'
export { checkpoint, checkpointSequential } from './checkpoint.ts'
export {
  type Derivatives,
  defineDerivatives,
  defineNonDifferentiable,
  type Row,
} from './derivatives/row.ts'
export {
  applyFunction,
  type Context,
  Function,
  type FunctionDefinition,
  onceDifferentiable,
} from './function.ts'
export { FunctionContext } from './function-context.ts'
export {
  hessian,
  hvp,
  jacobian,
  jvp,
  type TensorFunction,
  type Tensors,
  type TransformOptions,
  vhp,
  vjp,
} from './functional.ts'
export {
  GradcheckError,
  type GradcheckOptions,
  gradcheck,
  gradgradcheck,
} from './gradcheck.ts'
export { type GraphTree, graphNodes, graphTree } from './graph.ts'
export {
  enableGrad,
  inferenceMode,
  isGradEnabled,
  isInference,
  isInferenceModeEnabled,
  noGrad,
  type Switched,
  setGradEnabled,
  withNoGrad,
} from './mode.ts'
export { Node, TensorInfo } from './node.ts'
export { overridePointwise, type PointwiseOverrides } from './pointwise/override.ts'
export { type DerivativeKind, derivativeKind } from './record/derivative-kind.ts'
export { savedTensorsHooks } from './saved.ts'
