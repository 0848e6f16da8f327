import { encodePng } from '@sconce/data/image'
import { fromTypedArray, type Tensor } from 'sconce'

/** How often each class (row) was taken for each class (column): [classes, classes]. */
export const confusionMatrix = (targets: Tensor, predicted: Tensor, classes: number): Tensor =>
  targets
    .mul(classes)
    .add(predicted)
    .bincount({ minlength: classes * classes })
    .view([classes, classes])

/** The share of the matrix that is on its diagonal. */
export const accuracyOf = (matrix: Tensor): number => matrix.trace().item() / matrix.sum().item()

/** The matrix as a table of text; a dot stands for zero, so that mistakes catch the eye. */
export function confusionText(matrix: Tensor, names: readonly string[]): string {
  const counts = matrix.toArray() as number[][]
  const rows = counts.map((row) => row.map((n) => (n === 0 ? '·' : String(n))))
  const left = Math.max(...names.map((name) => name.length))
  const width = Math.max(...names.map((name) => name.length), ...rows.flat().map((n) => n.length))
  const line = (name: string, cells: readonly string[]): string =>
    [name.padStart(left), ...cells.map((cell) => cell.padStart(width))].join('  ')
  return [line('', names), ...rows.map((row, i) => line(names[i], row))].join('\n')
}

/** Pixels of a side of a cell in a picture. */
const CELL = 24

/**
 * The matrix as a PNG: the more often, the darker. Shares of a row are drawn by their square roots, so that
 * few mistakes are seen beside many hits.
 */
export async function confusionPicture(matrix: Tensor): Promise<Uint8Array> {
  const counts = (await matrix.array()) as number[][]
  const size = counts.length * CELL
  const shades = counts.map((row) => {
    const all = Math.max(
      1,
      row.reduce((a, b) => a + b, 0),
    )
    return row.map((n) => Math.round(255 * (1 - Math.sqrt(n / all))))
  })
  const pixels = Uint8Array.from(
    { length: size * size },
    (_, i) => shades[Math.floor(i / size / CELL)][Math.floor((i % size) / CELL)],
  )
  return encodePng(fromTypedArray(pixels, [size, size], { device: 'cpu' }))
}
