/** `text % values`. */
import { raise } from '../values/errors.ts'
import { formatFloat, formatInt, formatString } from './format-spec.ts'

/** What the formatting asks of whoever knows Python values. */
export interface PercentSource<V> {
  /** The next positional value. */
  next(): V
  /** The value of `%(name)s`. */
  named(name: string): V
  str(value: V): string
  repr(value: V): string
  /** @throws PyError TypeError for what is no number */
  int(value: V, code: string): bigint
  float(value: V, code: string): number
}

const FIELD =
  /%(?:\((?<name>[^)]*)\))?(?<flags>[-+ #0]*)(?<width>\*|\d+)?(?:\.(?<precision>\*|\d+))?(?<code>[a-zA-Z%])/g

export function percentFormat<V>(text: string, source: PercentSource<V>): string {
  return text.replace(FIELD, (...match) => {
    const groups = match[match.length - 1] as { [name: string]: string | undefined }
    const { name, flags = '', code = '' } = groups
    if (code === '%') return '%'
    const size = (given: string | undefined): string =>
      given === '*' ? String(source.int(source.next(), '*')) : (given ?? '')
    const width = size(groups.width)
    const precision = groups.precision === undefined ? '' : `.${size(groups.precision)}`
    const value = name === undefined ? source.next() : source.named(name)
    const align = flags.includes('-') ? '<' : flags.includes('0') ? '' : '>'
    const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
    const alternate = flags.includes('#') ? '#' : ''
    const zero = flags.includes('0') && !flags.includes('-') ? '0' : ''
    const number = `${align}${sign}${alternate}${zero}${width}`
    if ('sra'.includes(code)) {
      const shown = code === 's' ? source.str(value) : source.repr(value)
      return formatString(shown, `${flags.includes('-') ? '<' : '>'}${width}${precision}`)
    }
    if ('diu'.includes(code)) return formatInt(source.int(value, code), `${number}d`)
    if ('xXo'.includes(code)) return formatInt(source.int(value, code), `${number}${code}`)
    if ('eEfFgG'.includes(code))
      return formatFloat(source.float(value, code), `${number}${precision}${code}`)
    if (code === 'c') return formatString(source.str(value), `${align}${width}`)
    throw raise(
      'ValueError',
      `unsupported format character '${code}' (0x${code.charCodeAt(0).toString(16)}) at index ${text.indexOf(match[0]) + match[0].length - 1}`,
    )
  })
}
