/** Progress bars for loaders, by cli-progress. */
import cliProgress from 'cli-progress'

/** Options of `progress`. */
export interface ProgressOptions {
  /** What is written before the bar. Default: nothing. */
  label?: string
  /** Number of steps. Default: the length of the loader, where it has one. */
  total?: number
  /** Where the bar is drawn. Default: standard error. */
  stream?: NodeJS.WritableStream
  /** Also write where it is no terminal, as plain lines. Default: false. */
  plain?: boolean
}

type Values = Readonly<Record<string, string | number>>

const text = (values: Values): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${typeof value === 'number' ? value.toPrecision(4) : value}`)
    .join(' ')

/** A loader with a bar that moves as it is iterated. */
export interface Progress<T> extends Iterable<T>, AsyncIterable<T> {
  /** Shows values, such as the loss, behind the bar. */
  show(values: Values): void
}

function lengthOf(source: object): number | undefined {
  try {
    return 'length' in source && typeof source.length === 'number' ? source.length : undefined
  } catch {
    // A loader of a stream has no length and says so.
    return undefined
  }
}

/**
 * Iterates `source` with a progress bar, as tqdm does.
 *
 *     const bar = progress(loader, { label: 'epoch 1' })
 *     for await (const [x, y] of bar) {
 *       …
 *       bar.show({ loss: loss.item() })
 *     }
 */
export function progress<T>(
  source: Iterable<T> | AsyncIterable<T> | (Iterable<T> & AsyncIterable<T>),
  options: ProgressOptions = {},
): Progress<T> {
  const { label = '', stream = process.stderr, plain = false } = options
  const total = options.total ?? lengthOf(source)
  const bar = new cliProgress.SingleBar(
    {
      format:
        total === undefined
          ? '{label} {value} [{duration}s] {values}'
          : '{label} {bar} {percentage}% | {value}/{total} [{duration}s<{eta}s] {values}',
      stream,
      noTTYOutput: plain,
      etaBuffer: 50,
      hideCursor: true,
    },
    cliProgress.Presets.shades_classic,
  )
  const begin = () => bar.start(total ?? 0, 0, { label, values: '' })
  return {
    show: (values) => bar.update({ values: text(values) }),
    *[Symbol.iterator]() {
      if (!(Symbol.iterator in source))
        throw new TypeError('source is not iterable: use `for await`')
      begin()
      try {
        for (const value of source) {
          yield value
          bar.increment()
        }
      } finally {
        bar.stop()
      }
    },
    async *[Symbol.asyncIterator]() {
      begin()
      try {
        for await (const value of source) {
          yield value
          bar.increment()
        }
      } finally {
        bar.stop()
      }
    },
  }
}
