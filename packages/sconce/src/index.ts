/**
 * Sconce: PyTorch's tensors and autograd for TypeScript.
 *
 *     import { init, nn, optim, tensor } from 'sconce'
 *
 * The cpu backend is there at once; `await init()` picks the best that is available.
 */
import '@sconce/backend-cpu'
import './backends.ts'

export * from '@sconce/autograd'
// Both have it: core as a method's free form, autograd as the mode's.
export { isInference } from '@sconce/autograd'
export {
  BackendUnavailable,
  ContentsLost,
  DeviceLost,
  OutOfMemory,
  registerBackend,
  registeredBackends,
  SconceError,
  SyncReadUnavailable,
  UnsupportedDType,
} from '@sconce/backend'
export * from '@sconce/core'
export * as data from '@sconce/data'
export * as io from '@sconce/io'
export * as nn from '@sconce/nn'
export * as optim from '@sconce/optim'
export * from './doctor/index.ts'
