import { Tensor } from '@sconce/core'
import files from './fixtures/files.json' with { type: 'json' }

/** Files that numpy, PyTorch and safetensors wrote; see fixtures/make.py. */
export type FileName = keyof typeof files
export const fileNames = Object.keys(files) as FileName[]
export const fixture = (name: FileName): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(files[name], 'base64'))

/** Tensors as [dtype, elements], within any collections. */
export function plain(value: unknown): unknown {
  if (value instanceof Tensor) return [value.dtype, value.toArray()]
  if (value instanceof Map) return new Map(Array.from(value, ([k, v]) => [k, plain(v)]))
  if (Array.isArray(value)) return value.map(plain)
  return value
}
