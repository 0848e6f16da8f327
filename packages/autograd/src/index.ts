import './install.ts'

export { AccumulateGrad } from './accumulate.ts'
export { detectAnomaly, isAnomalyEnabled, setDetectAnomaly } from './anomaly.ts'
export { type BackwardAllOptions, backward, type GradOptions, grad } from './backward.ts'
export {
  type Derivatives,
  defineDerivatives,
  defineNonDifferentiable,
  type Row,
} from './derivatives/row.ts'
export * from './mode.ts'
export { Node, TensorInfo } from './node.ts'
export { overridePointwise, type PointwiseOverrides } from './pointwise/override.ts'
export { savedTensorsHooks } from './saved.ts'
