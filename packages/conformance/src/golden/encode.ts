/** Makes the packed form that `container.ts` reads; used when the data is packed, not at run time. */
import { dtypes, elementCount } from '@sconce/backend'
import { fromBase64 } from './bytes.ts'
import type { GoldenTensor } from './types.ts'

/** Shorter runs of bytes are cheaper written out than pointed at. */
const MIN_SHARED_BYTES = 9

/** JSON.stringify writes -0 as 0; this mark stands for it until the text is made. */
const NEGATIVE_ZERO = '\u0000-0'

const isArray = (
  node: object,
): node is Pick<GoldenTensor, 'dtype' | 'shape' | 'data' | 'storage'> =>
  'dtype' in node && 'shape' in node && 'data' in node && typeof node.data === 'string'

/**
 * Packs parsed golden files (with base64 elements) into one container, not yet compressed.
 * @throws Error where the number of bytes does not fit shape and dtype
 */
export function encodeGroup(files: readonly unknown[]): Uint8Array {
  const chunks: Uint8Array[] = []
  const starts = new Map<string, number>()
  let length = 0
  /** The start of bytes that the heap has, or -1 after appending them. */
  const place = (base64: string, bytes: Uint8Array): number => {
    const known = bytes.length >= MIN_SHARED_BYTES ? starts.get(base64) : undefined
    if (known !== undefined) return known
    starts.set(base64, length)
    chunks.push(bytes)
    length += bytes.length
    return -1
  }
  const strip = (node: unknown): unknown => {
    if (Object.is(node, -0)) return NEGATIVE_ZERO
    if (typeof node !== 'object' || node === null) return node
    if (Array.isArray(node)) return node.map(strip)
    const fields: Record<string, unknown> = { ...node }
    if (isArray(node)) {
      const { storage } = node
      if (typeof storage === 'string') {
        // The contiguous copy follows from storage, stride and offset.
        delete fields.data
        const bytes = fromBase64(storage)
        const start = place(storage, bytes)
        fields.storage = start < 0 ? [bytes.length] : [bytes.length, start]
      } else {
        const bytes = fromBase64(node.data as string)
        const expected = elementCount(node.shape) * dtypes[node.dtype].size
        if (bytes.length !== expected)
          throw new Error(
            `${node.dtype} [${node.shape}] has ${bytes.length} bytes, not ${expected}`,
          )
        fields.data = place(node.data as string, bytes)
      }
      return fields
    }
    for (const [name, child] of Object.entries(fields)) fields[name] = strip(child)
    return fields
  }
  const text = JSON.stringify(strip(files)).replaceAll(JSON.stringify(NEGATIVE_ZERO), '-0')
  const json = new TextEncoder().encode(text)
  const bytes = new Uint8Array(4 + json.length + length)
  new DataView(bytes.buffer).setUint32(0, json.length, true)
  bytes.set(json, 4)
  let offset = 4 + json.length
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
