import type { DType } from '@sconce/backend'
import { type Tensor, ValueError } from '@sconce/core'
import { bytesOf } from '../elements.ts'
import { entriesOf, type NamedTensors } from '../named-tensors.ts'
import { concat } from '../source.ts'
import { MAX_HEADER } from './header.ts'

/** The format's names, larger elements first: the order in which the reference writes them. */
const typeNames: Readonly<Record<DType, string>> = {
  int64: 'I64',
  float64: 'F64',
  float32: 'F32',
  int32: 'I32',
  bfloat16: 'BF16',
  float16: 'F16',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
}
const order = Object.keys(typeNames)

/** Options of writing a safetensors file. */
export interface SafetensorsOptions {
  /** Strings to save beside the tensors. `{ format: 'pt' }` is what Python's transformers look for. */
  metadata?: ReadonlyMap<string, string> | Readonly<Record<string, string>>
}

/** By size of the elements, so that all are aligned, and by name. */
function sorted(tensors: NamedTensors): [string, Tensor][] {
  const entries = entriesOf(tensors)
  const names = new Set<string>()
  for (const [name] of entries) {
    if (name === '__metadata__') throw new ValueError("'__metadata__' is no name for a tensor")
    if (names.has(name)) throw new ValueError(`two tensors are named '${name}'`)
    names.add(name)
  }
  return entries.sort(
    ([a, s], [b, t]) => order.indexOf(s.dtype) - order.indexOf(t.dtype) || (a < b ? -1 : 1),
  )
}

function encodeHeader(
  tensors: readonly [string, Tensor][],
  options: SafetensorsOptions,
): Uint8Array {
  const { metadata } = options
  // A map, so that a name such as '__proto__' or '1' stays one like any other.
  const fields = new Map<string, unknown>()
  if (metadata !== undefined) {
    const entries = metadata instanceof Map ? metadata : Object.entries(metadata)
    fields.set('__metadata__', Object.fromEntries(entries))
  }
  let position = 0
  for (const [name, tensor] of tensors) {
    const end = position + tensor.numel() * tensor.elementSize()
    fields.set(name, {
      dtype: typeNames[tensor.dtype],
      shape: tensor.shape,
      data_offsets: [position, end],
    })
    position = end
  }
  const members = Array.from(
    fields,
    ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
  )
  const json = new TextEncoder().encode(`{${members.join(',')}}`)
  const padded = Math.ceil(json.length / 8) * 8
  if (padded > MAX_HEADER)
    throw new ValueError(`a header of ${padded} bytes (limit: ${MAX_HEADER})`)
  const header = new Uint8Array(8 + padded).fill(0x20)
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true)
  header.set(json, 8)
  return header
}

/**
 * The bytes of a safetensors file, chunk by chunk: at no time more of the tensors is in host memory than
 * one chunk. Byte for byte what the reference implementation writes. Tensors must not change meanwhile.
 *
 * @throws ValueError for two tensors of one name.
 */
export async function* safetensorsChunks(
  tensors: NamedTensors,
  options: SafetensorsOptions = {},
): AsyncGenerator<Uint8Array, void> {
  const entries = sorted(tensors)
  yield encodeHeader(entries, options)
  for (const [, tensor] of entries) yield* bytesOf(tensor)
}

/** The bytes of a safetensors file; `safetensors.torch.save`. */
export const encodeSafetensors = (
  tensors: NamedTensors,
  options?: SafetensorsOptions,
): Promise<Uint8Array<ArrayBuffer>> => concat(safetensorsChunks(tensors, options))
