/** Pixels of a digit. */
export const PIXELS = 28 * 28

export interface LabelledPixels {
  /** A byte each, digit by digit. */
  readonly pixels: Uint8Array<ArrayBuffer>
  readonly labels: Uint8Array<ArrayBuffer>
}

/**
 * Packs parts of a data set: for each its number of digits (uint32, little-endian), then for each its
 * labels and its pixels in 16 shades, two to a byte.
 */
export function packDigits(parts: readonly LabelledPixels[]): Uint8Array<ArrayBuffer> {
  const counts = parts.map(({ labels }) => labels.length)
  const total = counts.reduce((sum, count) => sum + count * (1 + PIXELS / 2), 4 * parts.length)
  const bytes = new Uint8Array(total)
  const view = new DataView(bytes.buffer)
  counts.forEach((count, i) => view.setUint32(4 * i, count, true))
  let at = 4 * parts.length
  for (const { pixels, labels } of parts) {
    bytes.set(labels, at)
    at += labels.length
    for (let i = 0; i < pixels.length; i += 2)
      bytes[at++] = (shade(pixels[i]) << 4) | shade(pixels[i + 1])
  }
  return bytes
}

const shade = (pixel: number): number => Math.round(pixel / 17)

/** The parts of a packed data set, `parts` of them. */
export function unpackDigits(bytes: Uint8Array, parts: number): LabelledPixels[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  let at = 4 * parts
  return Array.from({ length: parts }, (_, part) => {
    const count = view.getUint32(4 * part, true)
    const labels = new Uint8Array(bytes.subarray(at, at + count))
    at += count
    const pixels = new Uint8Array(count * PIXELS)
    for (let i = 0; i < pixels.length; i += 2) {
      const pair = bytes[at++]
      pixels[i] = (pair >> 4) * 17
      pixels[i + 1] = (pair & 15) * 17
    }
    return { pixels, labels }
  })
}
