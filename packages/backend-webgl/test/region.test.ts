import { describe, expect, it } from 'vitest'
import { cover, elements, type Rect, span } from '../src/device/region.ts'
import { rowTexels, texelsOf, textureShape } from '../src/device/textures.ts'

/** Elements that rectangles cover. */
function covered(rects: readonly Rect[]): Set<number> {
  const found = new Set<number>()
  for (const { x, y, width, height, mask } of rects) {
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) {
        for (let lane = 0; lane < 4; lane++) {
          const element = (row * rowTexels + column) * 4 + lane
          if ((mask & (1 << lane)) === 0) continue
          if (found.has(element)) throw new Error(`element ${element} is covered twice`)
          found.add(element)
        }
      }
    }
  }
  return found
}

describe('regions', () => {
  it('cover exactly the elements asked for', () => {
    const row = rowTexels * 4
    for (const [begin, end] of [
      [0, 4],
      [0, 1],
      [1, 3],
      [3, 5],
      [5, 30],
      [row - 1, row + 1],
      [row - 6, 3 * row + 5],
      [row, 2 * row],
      [7, 8],
    ]) {
      const found = covered(elements(begin, end))
      expect(found.size).toBe(end - begin)
      expect(Array.from(found).reduce((a, b) => Math.min(a, b))).toBe(begin)
      expect(found.has(end - 1)).toBe(true)
    }
  })

  it('take few rectangles', () => {
    expect(span(0, rowTexels * 7)).toHaveLength(1)
    expect(span(5, rowTexels * 7 + 3)).toHaveLength(3)
    expect(elements(1, rowTexels * 40 + 2).length).toBeLessThanOrEqual(5)
    expect(cover(100)).toEqual([{ x: 0, y: 0, width: 100, height: 1, mask: 15 }])
    expect(cover(rowTexels + 1)[0].height).toBe(2)
  })
})

describe('texture shapes', () => {
  it('hold what they are made for, with little room to spare', () => {
    for (let texels = 1; texels < 3_000_000; texels = Math.ceil(texels * 1.7)) {
      const { width, height } = textureShape(texels)
      expect(width * height).toBeGreaterThanOrEqual(texels)
      expect(height === 1 || width === rowTexels).toBe(true)
      if (texels > rowTexels * 16) expect(width * height).toBeLessThan(texels * 1.2)
    }
  })

  it('are shared by nearby sizes', () => {
    const shapes = new Set<string>()
    for (let length = 1; length <= 1 << 20; length += 97) {
      const { width, height } = textureShape(texelsOf(length))
      shapes.add(`${width} × ${height}`)
    }
    expect(shapes.size).toBeLessThan(80)
  })
})
