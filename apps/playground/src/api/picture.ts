import type { Tensor } from 'sconce'
import type { Colors, Picture } from '../protocol/events.ts'

export interface ShowOptions {
  /** Default: `diverging` (around zero) where there are negative numbers, else `gray`. */
  readonly colors?: Colors
  /** What the ends of the scale stand for. Default: the least and the greatest number. */
  readonly min?: number
  readonly max?: number
  /** Tiles in a row, where there are several. */
  readonly columns?: number
}

/** More tiles than that are not looked at one by one. */
const MOST_TILES = 256

/** How a tensor is cut into tiles: the last two dims are a tile's, all others count tiles. */
function tilesOf(shape: readonly number[]): { count: number; height: number; width: number } {
  const [height, width] = [1, 1, ...shape].slice(-2)
  const count = shape.slice(0, -2).reduce((product, size) => product * size, 1)
  return { count, height, width }
}

/** Filters of several channels have a row per filter; others fill a square. */
const columnsOf = (shape: readonly number[], count: number): number =>
  shape.length === 4 && shape[1] > 1 ? shape[1] : Math.ceil(Math.sqrt(count))

const short = (value: number): string => Number(value.toPrecision(3)).toString()

/**
 * A tensor as a picture; reads it.
 * @throws RangeError for a tensor without elements
 */
export function pictureOf(t: Tensor, options: ShowOptions = {}): Picture {
  if (t.numel() === 0) throw new RangeError(`show: a tensor of shape [${t.shape}] has no elements`)
  const { count, height, width } = tilesOf(t.shape)
  const shown = Math.min(count, MOST_TILES)
  const all = Float32Array.from(t.detach().flatten().toTypedArray(), Number)
  const values = shown < count ? all.slice(0, shown * height * width) : all
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const colors = options.colors ?? (least < 0 ? 'diverging' : 'gray')
  const reach = Math.max(Math.abs(least), Math.abs(most))
  const ends = colors === 'diverging' ? [-reach, reach] : [least, most]
  const [min, max] = [options.min ?? ends[0], options.max ?? ends[1]]
  const part = shown < count ? `, the first ${shown} of ${count}` : ''
  const caption = `${t.shape.join(' × ') || 'one number'}${part}, from ${short(least)} to ${short(most)}`
  const columns = Math.max(1, Math.min(options.columns ?? columnsOf(t.shape, shown), shown))
  return { width, height, columns, values, min, max, colors, caption }
}
