/**
 * The packed form of a group of recorded files: gzip of
 *
 *     uint32 little-endian: length of the JSON | JSON | elements
 *
 * The JSON is the list of files with the elements of the tensors taken out, in the order in which a
 * walk through it meets them. What is left in `data` and `storage` is a number: -1 says that the next
 * elements of the heap are meant (their count follows from the shape), 0 or more that the elements are
 * those which start at that byte, met before. `storage` is `[bytes]` or `[bytes, start]`, since its
 * length follows from nothing. Base64 of random floats does not compress; their bytes do a little, and
 * repeated ones (inputs that are also outputs) cost nothing.
 */
import { type DType, dtypes, elementCount } from '@sconce/backend'

interface PackedArray {
  dtype: DType
  shape: number[]
  data?: number
  storage?: number[]
}

const isPackedArray = (node: object): node is PackedArray =>
  'dtype' in node &&
  typeof node.dtype === 'string' &&
  'shape' in node &&
  (('data' in node && typeof node.data === 'number') || 'storage' in node)

/**
 * Reads an unzipped group.
 * @param bytes the container described above
 * @returns the parsed files; tensors hold `Uint8Array` views of `bytes`
 */
export function decodeGroup(bytes: Uint8Array): unknown[] {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const files = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)))
  const heap = bytes.subarray(4 + length)
  let next = 0
  const take = (size: number, start: number): Uint8Array => {
    if (start >= 0) return heap.subarray(start, start + size)
    next += size
    return heap.subarray(next - size, next)
  }
  const restore = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if (isPackedArray(node)) {
      const array: { data?: unknown; storage?: unknown } = node
      const size = elementCount(node.shape) * dtypes[node.dtype].size
      if (node.data !== undefined) array.data = take(size, node.data)
      if (node.storage !== undefined) array.storage = take(node.storage[0], node.storage[1] ?? -1)
      return
    }
    for (const child of Object.values(node)) restore(child)
  }
  restore(files)
  return files
}

/** Undoes gzip with the platform's own stream; works in Node and in browsers. */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
