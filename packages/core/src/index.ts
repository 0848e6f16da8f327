import './ops/install.ts'

export type { DType } from '@sconce/backend'
export * from './async-forms.ts'
export { asynchronous } from './async-reads.ts'
export * from './autograd-slot.ts'
export {
  activeDevices,
  commonDevice,
  type Device,
  disposeDevice,
  getDefaultDevice,
  getDevice,
  init,
  setDefaultDevice,
  synchronize,
  useBackend,
} from './device.ts'
export * from './dispatch.ts'
export * from './errors.ts'
export { fft } from './fft.ts'
export { fromTypedArray, type TensorData, type TensorOptions, tensor } from './from-data.ts'
export { functional } from './functional.ts'
export * from './functions.ts'
export { variance as var } from './functions.ts'
export { keepHostCopy } from './host-copies.ts'
export { decode, encode, type NestedArray, type NestedInput } from './host-data.ts'
export type { Index } from './indexing.ts'
export * from './kernel-call.ts'
export { type FloatInfo, finfo } from './limits.ts'
export { LinAlgError } from './linalg/errors.ts'
export { masked } from './masked.ts'
export {
  adopt,
  claim,
  type Owner,
  release,
  scope,
  temporaries,
  untracked,
  type Within,
} from './memory.ts'
export { type DeviceMemory, memory, setMemoryLimit } from './memory-report.ts'
export type { Operation } from './operation.ts'
export { attentionWeights } from './ops/functional/attention.ts'
export { linalg } from './ops/linalg/namespace.ts'
export { floorDiv } from './ops/pointwise.ts'
export { debugMemory, type LiveStorage, liveStorages } from './origins.ts'
export type { CompiledPointwise } from './pointwise/compile.ts'
export { float, type PointwiseRule, type PointwiseRules, promote } from './pointwise/rule.ts'
export { PointwiseOp } from './pointwise/run.ts'
export {
  format,
  type PrintOptions,
  sconceDialect,
  setPrintOptions,
  torchDialect,
} from './print.ts'
export { canCast, defaultFloat, defaultInt, promoteTypes, resultType } from './promotion.ts'
export * from './python-text.ts'
export * as draws from './random/index.ts'
export {
  defaultGenerator,
  Generator,
  getRngState,
  initialSeed,
  manualSeed,
  seed,
  setRngState,
} from './random/index.ts'
export { asFloat, FloatScalar, isScalar, type Scalar, scalarKind } from './scalar.ts'
export { camelCase, type ParsedSchema, parseSchema } from './schema/parse.ts'
export type * from './schema/types.ts'
export * from './schemas.ts'
export * from './second-names.ts'
export * from './shape.ts'
export * as specialExpressions from './special/expressions.ts'
export { special } from './special/index.ts'
export { inference, Storage, VersionCounter } from './storage.ts'
export * from './table.ts'
export { makeTensor, Tensor, viewOf } from './tensor.ts'
