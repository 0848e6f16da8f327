export {
  type CheckpointParts,
  checkpointChunks,
  encodeCheckpoint,
  readCheckpoint,
  restoreCheckpoint,
  type Stateful,
} from './checkpoint/checkpoint.ts'
export type { ReadOptions } from './elements.ts'
export { FormatError } from './errors.ts'
export type { NamedTensors } from './named-tensors.ts'
export { encodeNpy, type NpyOptions, npyChunks, readNpy } from './npy/npy.ts'
export { encodeNpz, type NpzOptions, npzChunks, readNpz } from './npy/npz.ts'
export { openSafetensors, readSafetensors, type SafetensorsFile } from './safetensors/file.ts'
export type { TensorInfo } from './safetensors/header.ts'
export type { SliceItem } from './safetensors/slice.ts'
export {
  encodeSafetensors,
  type SafetensorsOptions,
  safetensorsChunks,
} from './safetensors/write.ts'
export type { ByteInput, ByteSource } from './source.ts'
export type { TorchValue } from './torch/materialize.ts'
export { asObjects } from './torch/objects.ts'
export { readTorch, readTorchStateDict } from './torch/read.ts'
export { encodeTorch, torchChunks } from './torch/write.ts'
