import { OutOfMemory } from '@sconce/backend'
import { describe, expect, it } from 'vitest'
import { WasmBackend } from '../src/index.ts'
import { Heap } from '../src/memory/heap.ts'

const page = 65536

describe('the linear memory', () => {
  it('grows, and keeps what buffers hold', () => {
    const heap = new Heap({ limit: 64 * 2 ** 20, initial: page, shared: false })
    const first = heap.allocate('float32', 1000)
    heap.write(
      first,
      Float32Array.from({ length: 1000 }, (_, i) => i),
      0,
    )
    const before = heap.size
    const second = heap.allocate('int64', 200_000)
    heap.write(second, BigInt64Array.of(-1n, 2n), 199_998)
    expect(heap.size).toBeGreaterThan(before)
    expect(heap.read(first, 998, 2)).toEqual(Float32Array.of(998, 999))
    expect(heap.read(second, 199_998, 2)).toEqual(BigInt64Array.of(-1n, 2n))
    expect(heap.words.length * 4).toBe(heap.size)
  })

  it('says what it was asked for when there is no room, and then goes on', () => {
    const backend = new WasmBackend({ memoryLimit: 32 * 2 ** 20 })
    const before = backend.bytes
    const held = backend.allocate('float32', 2 ** 20)
    expect(() => backend.allocate('float32', 2 ** 24)).toThrow(OutOfMemory)
    expect(() => backend.allocate('float32', 2 ** 24)).toThrow(
      /^wasm out of memory\. Tried to allocate 0\.06 GiB \(0\.03 GiB total capacity; 0\.00 GiB already allocated\)$/,
    )
    expect(() => backend.allocate('float64', 2 ** 46)).toThrow(OutOfMemory)
    const more = backend.allocate('float32', 2 ** 22)
    backend.free(more)
    backend.free(more)
    backend.free(held)
    expect(backend.bytes).toBe(before)
  })

  it('reads copies, and buffers of no elements', () => {
    const backend = new WasmBackend({ memoryLimit: 32 * 2 ** 20 })
    const buffer = backend.allocate('float64', 3)
    backend.write(buffer, Float64Array.of(1, 2, 3))
    const copy = backend.readSync(buffer, 1, 2)
    backend.write(buffer, Float64Array.of(9), 1)
    expect(copy).toEqual(Float64Array.of(2, 3))
    expect(backend.readSync(buffer, 0, 3)).toEqual(Float64Array.of(1, 9, 3))
    const empty = backend.allocate('int8', 0)
    expect(backend.readSync(empty, 0, 0)).toEqual(new Int8Array(0))
    expect(copy.buffer).not.toBe(backend.readSync(buffer, 0, 1).buffer)
  })

  it('keeps a plain loop in flat memory', () => {
    const backend = new WasmBackend({ memoryLimit: 32 * 2 ** 20 })
    const before = backend.bytes
    for (let i = 0; i < 5000; i++) {
      const buffers = [100, 5000, 3, 70_000].map((n) => backend.allocate('float32', n + (i % 7)))
      for (const buffer of buffers) backend.free(buffer)
    }
    expect(backend.bytes).toBe(before)
  })
})
