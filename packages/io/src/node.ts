/** Files of Node, by path; the formats themselves are in the package's root. */
import type { Tensor } from '@sconce/core'
import {
  type CheckpointParts,
  checkpointChunks,
  readCheckpoint,
  restoreCheckpoint,
} from './checkpoint/checkpoint.ts'
import type { ReadOptions } from './elements.ts'
import type { NamedTensors } from './named-tensors.ts'
import { fileSource, type Path, withFile } from './node/file-source.ts'
import { writeChunks } from './node/write-file.ts'
import { type NpyOptions, npyChunks, readNpy } from './npy/npy.ts'
import { type NpzOptions, npzChunks, readNpz } from './npy/npz.ts'
import { openSafetensors, readSafetensors, type SafetensorsFile } from './safetensors/file.ts'
import { type SafetensorsOptions, safetensorsChunks } from './safetensors/write.ts'
import type { TorchValue } from './torch/materialize.ts'
import { readTorch, readTorchStateDict } from './torch/read.ts'
import { torchChunks } from './torch/write.ts'

export { fileSource, type Path } from './node/file-source.ts'

/** Opens a safetensors file to read tensors, or slices of them, one at a time; close it in the end. */
export async function openSafetensorsFile(
  path: Path,
): Promise<{ readonly file: SafetensorsFile; close(): Promise<void> } & AsyncDisposable> {
  const source = await fileSource(path)
  const close = () => source.close()
  try {
    return { file: await openSafetensors(source), close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

/** All tensors of a safetensors file; `safetensors.torch.load_file`. */
export const loadSafetensors = (path: Path, options?: ReadOptions): Promise<Map<string, Tensor>> =>
  withFile(path, (source) => readSafetensors(source, options))

/** Writes a safetensors file; `safetensors.torch.save_file`. */
export const saveSafetensors = (
  path: Path,
  tensors: NamedTensors,
  options?: SafetensorsOptions,
): Promise<void> => writeChunks(path, safetensorsChunks(tensors, options))

/** The tensor of an `.npy` file; `numpy.load`. */
export const loadNpy = (path: Path, options?: ReadOptions): Promise<Tensor> =>
  withFile(path, (source) => readNpy(source, options))

/** Writes an `.npy` file; `numpy.save`. */
export const saveNpy = (path: Path, tensor: Tensor, options?: NpyOptions): Promise<void> =>
  writeChunks(path, npyChunks(tensor, options))

/** The tensors of an `.npz` file; `numpy.load`. */
export const loadNpz = (path: Path, options?: ReadOptions): Promise<Map<string, Tensor>> =>
  withFile(path, (source) => readNpz(source, options))

/** Writes an `.npz` file; `numpy.savez`. */
export const saveNpz = (path: Path, tensors: NamedTensors, options?: NpzOptions): Promise<void> =>
  writeChunks(path, npzChunks(tensors, options))

/** What `torch.save` wrote; `torch.load`, of which nothing is executed. */
export const loadTorch = (path: Path, options?: ReadOptions): Promise<TorchValue> =>
  withFile(path, (source) => readTorch(source, options))

/** The state dict in a file of `torch.save`, or under `key` in one that holds more. */
export const loadTorchStateDict = (
  path: Path,
  options?: ReadOptions & { key?: string },
): Promise<Map<string, Tensor>> => withFile(path, (source) => readTorchStateDict(source, options))

/** Writes a file that `torch.load` reads; `torch.save`. */
export const saveTorch = (path: Path, value: unknown): Promise<void> =>
  writeChunks(path, torchChunks(value))

/**
 * Saves models, optimizers, schedulers, generators and plain values in one file.
 *
 *     await saveCheckpoint('run.safetensors', { model, optimizer, scheduler, generator: defaultGenerator(), epoch })
 */
export const saveCheckpoint = (path: Path, parts: CheckpointParts): Promise<void> =>
  writeChunks(path, checkpointChunks(parts))

/**
 * Puts the states of a checkpoint back, so that training goes on bit for bit; returns all values.
 *
 *     const { epoch } = await loadCheckpoint('run.safetensors', { model, optimizer, scheduler, generator })
 *
 * Without parts it only reads. See `restoreCheckpoint`.
 */
export const loadCheckpoint = (
  path: Path,
  parts?: CheckpointParts,
  options?: ReadOptions,
): Promise<Record<string, unknown>> =>
  withFile(path, (source) =>
    parts === undefined
      ? readCheckpoint(source, options)
      : restoreCheckpoint(source, parts, options),
  )
