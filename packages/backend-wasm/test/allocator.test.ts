import { describe, expect, it } from 'vitest'
import { Allocator, alignment, type Block } from '../src/memory/allocator.ts'
import { Random } from './support/random.ts'

/** Throws unless the blocks tile the managed addresses and no two free ones touch. */
function expectSound(allocator: Allocator, start: number, held: ReadonlySet<Block>): void {
  let at = start
  let used = 0
  let wasFree = false
  for (const block of allocator.blocks()) {
    expect(block.address).toBe(at)
    expect(block.size % alignment).toBe(0)
    expect(block.free && wasFree).toBe(false)
    expect(held.has(block)).toBe(!block.free)
    at += block.size
    used += block.free ? 0 : block.size
    wasFree = block.free
  }
  expect(at).toBe(allocator.end)
  expect(allocator.used).toBe(used)
}

describe('the allocator', () => {
  it('hands out aligned blocks and takes the memory back as one', () => {
    const allocator = new Allocator(1024, 1024 + 4096)
    const blocks = [1, 16, 17, 100].map((bytes) => allocator.allocate(bytes)!)
    expect(blocks.map((b) => b.address)).toEqual([1024, 1040, 1056, 1088])
    expect(blocks.map((b) => b.size)).toEqual([16, 16, 32, 112])
    for (const block of [blocks[1], blocks[3], blocks[0], blocks[2]]) allocator.free(block)
    expect(allocator.blocks().map((b) => [b.address, b.size])).toEqual([[1024, 4096]])
    expect(allocator.allocate(4096)?.address).toBe(1024)
    expect(allocator.allocate(1)).toBeUndefined()
  })

  it('gives an equal size the memory that was freed last', () => {
    const allocator = new Allocator(0x1000, 0x100000)
    const [a, b] = [allocator.allocate(4000)!, allocator.allocate(4000)!]
    allocator.allocate(64)
    allocator.free(b)
    expect(allocator.allocate(4000)?.address).toBe(b.address)
    expect(a.address).not.toBe(b.address)
  })

  it('joins what is added at the end with a free block there', () => {
    const allocator = new Allocator(1024, 2048)
    const block = allocator.allocate(512)!
    expect(allocator.freeAtEnd).toBe(512)
    allocator.extend(4096)
    expect(allocator.freeAtEnd).toBe(2560)
    expect(allocator.allocate(2560)?.address).toBe(1536)
    allocator.free(block)
    expect(allocator.used).toBe(2560)
  })

  it.each([1, 2, 3, 4, 5])('stays sound whatever is asked of it (seed %i)', (seed) => {
    const random = new Random(seed)
    const start = 1024
    const allocator = new Allocator(start, 1 << 20)
    const held = new Set<Block>()
    for (let step = 0; step < 3000; step++) {
      if (held.size > 0 && random.chance(0.48)) {
        const block = random.pick([...held])
        held.delete(block)
        allocator.free(block)
      } else {
        const bytes = random.chance(0.1) ? random.int(10_000, 200_000) : random.int(0, 2000)
        const block = allocator.allocate(bytes)
        if (block) {
          expect(block.size).toBeGreaterThanOrEqual(bytes)
          held.add(block)
        } else if (random.chance(0.2)) {
          allocator.extend(allocator.end + 4096 * random.int(1, 20))
        }
      }
      if (step % 50 === 0) expectSound(allocator, start, held)
    }
    for (const block of held) allocator.free(block)
    held.clear()
    expectSound(allocator, start, held)
    expect(allocator.blocks().length).toBe(1)
    expect(allocator.used).toBe(0)
  })

  it('finds a block wherever one is large enough', () => {
    const random = new Random(7)
    const allocator = new Allocator(0, 1 << 22)
    const blocks = Array.from({ length: 400 }, () => allocator.allocate(random.int(1, 9000))!)
    blocks.forEach((block, i) => {
      if (i % 2 === 0) allocator.free(block)
    })
    for (;;) {
      const largest = Math.max(0, ...allocator.blocks().flatMap((b) => (b.free ? b.size : [])))
      if (largest === 0) break
      expect(allocator.allocate(largest)?.size).toBe(largest)
    }
  })
})
