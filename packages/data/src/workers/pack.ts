import { type DType, Tensor } from '@sconce/core'
import { HostTensor, upload } from '../collate.ts'

/** A tensor as a message. */
interface Packed {
  readonly [MARK]: true
  readonly data: ArrayBufferView
  readonly shape: readonly number[]
  readonly dtype: DType | undefined
}

/** Tells a packed tensor from the objects of a user. */
const MARK = '@sconce/data:tensor'

const isPacked = (x: object): x is Packed => MARK in x

const isPlainObject = (x: object): x is Record<string, unknown> =>
  Object.getPrototypeOf(x) === Object.prototype

/** A copy of arrays and plain objects with `f` of what is in them; `f` of anything else. */
async function mapParts(value: unknown, f: (part: unknown) => Promise<unknown>): Promise<unknown> {
  if (Array.isArray(value)) {
    const parts: unknown[] = []
    for (const part of value) parts.push(await mapParts(part, f))
    return parts
  }
  if (typeof value === 'object' && value !== null && isPlainObject(value)) {
    const entries: [string, unknown][] = []
    for (const [key, part] of Object.entries(value)) entries.push([key, await mapParts(part, f)])
    return Object.fromEntries(entries)
  }
  return f(value)
}

/** A batch as a message, and the buffers that are handed over with it. */
export async function pack(batch: unknown): Promise<{ message: unknown; transfer: ArrayBuffer[] }> {
  const transfer: ArrayBuffer[] = []
  const send = (elements: HostTensor): Packed => {
    const { data, shape, dtype } = elements
    // Only what was made for this batch is a HostTensor: nobody else holds the buffer.
    if (data.buffer instanceof ArrayBuffer) transfer.push(data.buffer)
    return { [MARK]: true, data, shape, dtype }
  }
  const message = await mapParts(batch, async (part) => {
    if (part instanceof HostTensor) return send(part)
    if (part instanceof Tensor) {
      return send(new HostTensor(await part.data(), part.shape, part.dtype))
    }
    return part
  })
  return { message, transfer }
}

/** The batch of a message, with its tensors on the default device. */
export function unpack(message: unknown): unknown {
  if (Array.isArray(message)) return message.map(unpack)
  if (typeof message !== 'object' || message === null) return message
  if (isPacked(message)) return upload(new HostTensor(message.data, message.shape, message.dtype))
  if (!isPlainObject(message)) return message
  return Object.fromEntries(Object.entries(message).map(([key, part]) => [key, unpack(part)]))
}
