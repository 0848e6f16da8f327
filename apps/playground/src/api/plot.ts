import { type Numbers, type Scalar, toNumber, toNumbers } from './numbers.ts'
import { tell } from './sink.ts'

export interface PlotOptions {
  /** Whether the vertical axis is logarithmic. Default: false. */
  readonly log?: boolean
}

/**
 * Adds a point to each line of a chart that grows while the program runs.
 *
 *     plot('loss', step, loss)
 *     plot('loss', epoch, { training, test })
 *
 * @param title names the chart
 * @param x where on the horizontal axis, not less than before
 * @param values a number, or one for each line by its name; tensors of one element are read
 */
export function plot(
  title: string,
  x: number,
  values: Scalar | Readonly<Record<string, Scalar>>,
  { log = false }: PlotOptions = {},
): void {
  const named = isScalar(values) ? { [title]: values } : values
  const read = Object.entries(named).map(([name, value]) => [name, toNumber(value)] as const)
  tell({ kind: 'point', title, x, values: Object.fromEntries(read), log })
}

const isScalar = (values: Scalar | Readonly<Record<string, Scalar>>): values is Scalar =>
  typeof values === 'number' || typeof values.item === 'function'

/**
 * Draws lines over the same numbers, in place of what the chart showed before.
 *
 *     curves('sine', x, { data: y, fit: predicted })
 *
 * @param x the horizontal axis; in ascending order
 * @param lines as many numbers each, by name
 * @throws RangeError for a line of another length than `x`
 */
export function curves(title: string, x: Numbers, lines: Readonly<Record<string, Numbers>>): void {
  const across = toNumbers(x)
  const read = Object.entries(lines).map(([name, values]) => {
    const numbers = toNumbers(values)
    if (numbers.length !== across.length)
      throw new RangeError(
        `curves: the line '${name}' has ${numbers.length} numbers, but x has ${across.length}`,
      )
    return [name, numbers] as const
  })
  tell({ kind: 'curves', title, x: across, lines: Object.fromEntries(read) })
}
