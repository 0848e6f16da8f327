export type { CompareOptions, Comparison } from './comparison.ts'
export {
  decodeElements,
  decodeFloat,
  decodeInt,
  decodeTensor,
  type HostView,
  isHostView,
} from './decode.ts'
export { applySigns, compareDecomposition, type Signs, signsOf } from './decompositions.ts'
export {
  describeTensor,
  flattenTensors,
  type HostTensor,
  type HostValue,
  isHostTensor,
  numbersOf,
} from './host.ts'
export { compareTensors } from './tensors.ts'
export {
  allowedError,
  contraction,
  defaultTolerances,
  summation,
  type Tolerance,
  type ToleranceContext,
  type ToleranceRule,
  toleranceOf,
  toleranceRules,
} from './tolerances.ts'
export { ulpDistance } from './ulp.ts'
export { compareValues, describeValue } from './values.ts'
