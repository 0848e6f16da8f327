import {
  type Buffer,
  type DType,
  dtypes,
  newArray,
  OutOfMemory,
  SconceError,
  type TypedArray,
} from '@sconce/backend'

/** A buffer of this backend: a JS array. */
export class CpuBuffer implements Buffer {
  readonly dtype: DType
  readonly length: number
  data: TypedArray

  constructor(dtype: DType, data: TypedArray) {
    this.dtype = dtype
    this.length = data.length
    this.data = data
  }
}

/** The JS array of a buffer, which has to be one of this backend's. */
export function dataOf(buffer: Buffer): TypedArray {
  if (buffer instanceof CpuBuffer) return buffer.data
  throw new SconceError('a buffer of another backend reached the cpu backend')
}

/** Copies `source` into `target` from `offset` on; both hold the same kind of number. */
export function copyInto(target: TypedArray, source: TypedArray, offset: number): void {
  if (target instanceof BigInt64Array && source instanceof BigInt64Array) {
    target.set(source, offset)
  } else if (!(target instanceof BigInt64Array) && !(source instanceof BigInt64Array)) {
    target.set(source, offset)
  } else {
    throw new SconceError('int64 buffers are written from a BigInt64Array, the others are not')
  }
}

/** What is left of a freed buffer. */
const nothing = new Float32Array(0)

/** Below this the JS engine's own allocator is faster than any pool. */
const smallest = 1 << 16

/**
 * Memory of freed large buffers, to be used again: pages fresh from the system are slow to touch.
 * Holds at most `capacity` bytes, dropping the oldest.
 */
export class Pool {
  readonly #capacity: number
  readonly #free = new Map<number, ArrayBuffer[]>()
  readonly #order: number[] = []
  #bytes = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes
  }

  allocate(dtype: DType, length: number): CpuBuffer {
    const info = dtypes[dtype]
    const bytes = length * info.size
    if (bytes < smallest) return new CpuBuffer(dtype, newArray(dtype, length))
    const size = sizeClass(bytes)
    const known = this.#free.get(size)?.pop()
    if (known) {
      this.#bytes -= size
      this.#order.splice(this.#order.lastIndexOf(size), 1)
      return new CpuBuffer(dtype, new info.array(known, 0, length))
    }
    return new CpuBuffer(dtype, new info.array(this.#fresh(size, dtype, length), 0, length))
  }

  /** New memory; what the pool holds is given up for it where that helps. */
  #fresh(size: number, dtype: DType, length: number): ArrayBuffer {
    try {
      return new ArrayBuffer(size)
    } catch {
      this.clear()
    }
    try {
      return new ArrayBuffer(size)
    } catch (cause) {
      const shown = ((length * dtypes[dtype].size) / 2 ** 30).toFixed(2)
      const message = `cpu out of memory. Tried to allocate ${shown} GiB (${dtype}[${length}])`
      throw new OutOfMemory(message, { cause })
    }
  }

  free(buffer: CpuBuffer): void {
    const { data } = buffer
    buffer.data = nothing
    // Small arrays have no memory of their own until it is asked for.
    if (data.byteLength < smallest) return
    const memory = data.buffer
    const size = memory.byteLength
    if (!(memory instanceof ArrayBuffer) || size > this.#capacity) return
    while (this.#bytes + size > this.#capacity) this.#drop()
    const list = this.#free.get(size)
    if (list) list.push(memory)
    else this.#free.set(size, [memory])
    this.#order.push(size)
    this.#bytes += size
  }

  #drop(): void {
    const size = this.#order.shift()!
    this.#free.get(size)!.shift()
    this.#bytes -= size
  }

  clear(): void {
    this.#free.clear()
    this.#order.length = 0
    this.#bytes = 0
  }
}

/** Sizes are rounded up to a quarter of a power of two, so that similar ones share memory. */
function sizeClass(bytes: number): number {
  const step = 2 ** (Math.floor(Math.log2(bytes)) - 2)
  return Math.ceil(bytes / step) * step
}
