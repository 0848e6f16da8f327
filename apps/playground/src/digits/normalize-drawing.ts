/** Side of an image of MNIST, and of the box within it that a digit fills. */
const SIDE = 28
const BOX = 20

interface Region {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The smallest region that has all ink, or undefined where there is none. */
function inked(ink: Uint8Array | Uint8ClampedArray, width: number): Region | undefined {
  let [left, top, right, bottom] = [width, ink.length, -1, -1]
  for (let i = 0; i < ink.length; i++) {
    if (ink[i] === 0) continue
    const [x, y] = [i % width, Math.floor(i / width)]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return right < 0 ? undefined : { left, top, right: right + 1, bottom: bottom + 1 }
}

/** Where the ink has its centre of mass. */
function centre(ink: Uint8Array | Uint8ClampedArray, width: number): { x: number; y: number } {
  let [mass, x, y] = [0, 0, 0]
  for (let i = 0; i < ink.length; i++) {
    mass += ink[i]
    x += ink[i] * ((i % width) + 0.5)
    y += ink[i] * (Math.floor(i / width) + 0.5)
  }
  return { x: x / mass, y: y / mass }
}

/** The mean of a region that may reach beyond the drawing, where there is no ink. */
function mean(
  ink: Uint8Array | Uint8ClampedArray,
  width: number,
  { left, top, right, bottom }: Region,
): number {
  const height = ink.length / width
  let sum = 0
  for (let y = Math.max(top, 0); y < Math.min(bottom, height); y++)
    for (let x = Math.max(left, 0); x < Math.min(right, width); x++) sum += ink[y * width + x]
  return sum / ((right - left) * (bottom - top))
}

/**
 * A drawing as the digits of MNIST are made: fitted into a box of 20 × 20 and moved so that the centre of
 * its mass is that of an image of 28 × 28 (LeCun et al., 1998).
 * @param ink bytes of a drawing, row by row
 * @param width of the drawing
 * @returns 28 × 28 bytes, or undefined where nothing is drawn
 */
export function normalizeDrawing(
  ink: Uint8Array | Uint8ClampedArray,
  width: number,
): Uint8Array<ArrayBuffer> | undefined {
  const region = inked(ink, width)
  if (!region) return undefined
  const { x, y } = centre(ink, width)
  const scale = Math.max(region.right - region.left, region.bottom - region.top) / BOX
  const from = (at: number, middle: number): number => Math.round(middle + (at - SIDE / 2) * scale)
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [column, row] = [i % SIDE, Math.floor(i / SIDE)]
    const [left, top] = [from(column, x), from(row, y)]
    // A drawing that is smaller than the box has pixels of its own size at least.
    const right = Math.max(from(column + 1, x), left + 1)
    const bottom = Math.max(from(row + 1, y), top + 1)
    return Math.round(mean(ink, width, { left, top, right, bottom }))
  })
}
