import { type Buffer, type DType, dtypes, OutOfMemory, type TypedArray } from '@sconce/backend'
import { Allocator, type Block } from './allocator.ts'

const page = 65536

/** A buffer of this backend: a place in the linear memory. */
export class WasmBuffer implements Buffer {
  readonly dtype: DType
  readonly length: number
  /** Byte address. */
  readonly address: number
  /** None once the buffer has been freed. */
  block: Block | undefined

  constructor(dtype: DType, length: number, block: Block) {
    this.dtype = dtype
    this.length = length
    this.address = block.address
    this.block = block
  }
}

/** Bytes that vector code may read beyond an element that exists. */
const slack = 64

/** What is reserved at the start: address 0 stays free of data, for the sake of null pointers. */
const reserved = 1024

export interface HeapOptions {
  /** Most bytes that the memory may grow to; less if the system doesn't grant the address space. */
  readonly limit: number
  /** Bytes to start with. */
  readonly initial: number
  /** Whether threads share the memory. */
  readonly shared: boolean
}

/** The linear memory with its allocator and with JS views of it, which follow its growth. */
export class Heap {
  readonly memory: WebAssembly.Memory
  readonly limit: number
  readonly #allocator: Allocator
  #views = new Map<DType, TypedArray>()
  /** The memory as words and as doubles. */
  words: Int32Array
  doubles: Float64Array

  /** Throws `OutOfMemory` where the system grants no memory at all. */
  constructor({ limit, initial, shared }: HeapOptions) {
    const first = Math.max(1, Math.ceil(Math.min(initial, limit) / page))
    let pages = Math.min(65536, Math.max(first, Math.floor(limit / page)))
    for (;;) {
      try {
        this.memory = new WebAssembly.Memory({ initial: first, maximum: pages, shared })
        break
      } catch (cause) {
        // Address space is scarce in some places: half of it is better than nothing.
        pages = Math.floor(pages / 2)
        if (pages < first) {
          throw new OutOfMemory(`wasm: the system grants no memory of ${gib(first * page)} GiB`, {
            cause,
          })
        }
      }
    }
    this.limit = pages * page
    this.words = new Int32Array(this.memory.buffer)
    this.doubles = new Float64Array(this.memory.buffer)
    this.#allocator = new Allocator(reserved, first * page - slack)
  }

  /** Bytes in use. */
  get used(): number {
    return this.#allocator.used
  }

  /** Bytes that the memory has grown to. */
  get size(): number {
    return this.memory.buffer.byteLength
  }

  /** A block of raw memory, 16-aligned. Throws `OutOfMemory`. */
  reserve(bytes: number): Block {
    if (!(bytes <= this.limit)) throw this.#outOfMemory(bytes)
    const block = this.#allocator.allocate(bytes)
    if (block) return block
    this.#grow(bytes)
    const grown = this.#allocator.allocate(bytes)
    if (!grown) throw this.#outOfMemory(bytes)
    return grown
  }

  release(block: Block): void {
    this.#allocator.free(block)
  }

  /** A buffer with unspecified contents. Throws `OutOfMemory`. */
  allocate(dtype: DType, length: number): WasmBuffer {
    return new WasmBuffer(dtype, length, this.reserve(length * dtypes[dtype].size))
  }

  /** Gives a buffer back. Safe to call twice. */
  free(buffer: WasmBuffer): void {
    const { block } = buffer
    if (!block) return
    buffer.block = undefined
    this.#allocator.free(block)
  }

  #outOfMemory(bytes: number): OutOfMemory {
    return new OutOfMemory(
      `wasm out of memory. Tried to allocate ${gib(bytes)} GiB (${gib(this.limit)} GiB total capacity; ` +
        `${gib(this.used)} GiB already allocated)`,
    )
  }

  /** Makes room for a block at the end: at least so much, at best half of what there is. */
  #grow(bytes: number): void {
    const { size, limit } = this
    const needed = Math.ceil((bytes + 64 - this.#allocator.freeAtEnd) / page)
    const room = (limit - size) / page
    if (needed > room) throw this.#outOfMemory(bytes)
    const wished = Math.min(room, Math.max(needed, Math.ceil(size / page / 2), 256))
    if (!this.#tryGrow(wished) && !this.#tryGrow(needed)) throw this.#outOfMemory(bytes)
  }

  #tryGrow(pages: number): boolean {
    try {
      this.memory.grow(pages)
    } catch {
      return false
    }
    this.words = new Int32Array(this.memory.buffer)
    this.doubles = new Float64Array(this.memory.buffer)
    this.#views.clear()
    this.#allocator.extend(this.size - slack)
    return true
  }

  /** The whole memory as elements of a dtype; valid until the memory grows. */
  view(dtype: DType): TypedArray {
    let view = this.#views.get(dtype)
    if (!view) {
      view = new dtypes[dtype].array(this.memory.buffer)
      this.#views.set(dtype, view)
    }
    return view
  }

  /** Copies elements into a buffer. */
  write(buffer: WasmBuffer, data: TypedArray, offset: number): void {
    const start = buffer.address / dtypes[buffer.dtype].size + offset
    // Both are arrays of the buffer's dtype, which the compiler can't see.
    this.view(buffer.dtype).set(data as never, start)
  }

  /** A copy of elements of a buffer. */
  read(buffer: WasmBuffer, offset: number, length: number): TypedArray {
    const start = buffer.address / dtypes[buffer.dtype].size + offset
    return this.view(buffer.dtype).slice(start, start + length)
  }
}

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(2)
