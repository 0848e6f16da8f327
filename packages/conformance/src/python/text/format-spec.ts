/** The format language of f-strings and `format`: `[[fill]align][sign][#][0][width][,][.precision][type]`. */
import { raise } from '../values/errors.ts'
import { exponential, fixed, floatRepr, general } from './decimal.ts'

export interface FormatSpec {
  fill: string
  /** Empty where none is given. */
  align: string
  sign: string
  alternate: boolean
  zero: boolean
  width: number
  grouping: string
  precision: number | undefined
  type: string
}

const SPEC =
  /^(?:(?<fill>[\s\S])?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?(?<width>\d+)?(?<grouping>[,_])?(?:\.(?<precision>\d+))?(?<type>[a-zA-Z%])?$/u

/** @throws PyError ValueError for what is no format */
export function parseSpec(text: string, typeName: string): FormatSpec {
  const groups = SPEC.exec(text)?.groups
  if (!groups)
    throw raise('ValueError', `Invalid format specifier '${text}' for object of type '${typeName}'`)
  const {
    fill,
    align,
    sign = '',
    alternate,
    zero,
    width,
    grouping = '',
    precision,
    type = '',
  } = groups
  return {
    fill: fill ?? (zero ? '0' : ' '),
    align: align ?? '',
    sign,
    alternate: alternate !== undefined,
    zero: zero !== undefined,
    width: Number(width ?? 0),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  }
}

/** Characters, counted as Python does. */
const lengthOf = (text: string): number => [...text].length

const isPaddedWithZeros = (spec: FormatSpec): boolean =>
  spec.fill === '0' && (spec.align || (spec.zero ? '=' : '')) === '='

function pad(sign: string, body: string, spec: FormatSpec, fallback: string): string {
  const missing = spec.width - lengthOf(sign) - lengthOf(body)
  if (missing <= 0) return sign + body
  switch (spec.align || fallback) {
    case '<':
      return sign + body + spec.fill.repeat(missing)
    case '^': {
      const left = Math.floor(missing / 2)
      return spec.fill.repeat(left) + sign + body + spec.fill.repeat(missing - left)
    }
    case '=':
      return sign + spec.fill.repeat(missing) + body
    default:
      return spec.fill.repeat(missing) + sign + body
  }
}

/** Puts separators into the digits before the point; zeros that fill up the width get them too. */
function group(body: string, sign: string, spec: FormatSpec, size = 3): string {
  if (!spec.grouping) return body
  let whole = (size === 3 ? /^\d*/ : /^[\da-fA-F]*/).exec(body)![0]
  const rest = body.slice(whole.length)
  const separate = (digits: string): string =>
    digits.replace(new RegExp(`\\B(?=([\\da-fA-F]{${size}})+$)`, 'g'), spec.grouping)
  if (isPaddedWithZeros(spec)) {
    const room = spec.width - sign.length - rest.length
    while (separate(whole).length < room) whole = `0${whole}`
    // A separator is never the first character: one more zero goes before it.
  }
  return separate(whole) + rest
}

const signText = (negative: boolean, spec: FormatSpec): string => {
  if (negative) return '-'
  return spec.sign === '-' ? '' : spec.sign
}

const numberAlign = (spec: FormatSpec): string => (spec.zero ? '=' : '>')

const unknownCode = (type: string, typeName: string): Error =>
  raise('ValueError', `Unknown format code '${type}' for object of type '${typeName}'`)

const cannotGroup = (grouping: string, type: string): Error =>
  raise('ValueError', `Cannot specify '${grouping}' with '${type}'.`)

export function formatString(text: string, source: string): string {
  const spec = parseSpec(source, 'str')
  if (spec.type && spec.type !== 's') throw unknownCode(spec.type, 'str')
  const refused = (what: string): Error =>
    raise('ValueError', `${what} not allowed in string format specifier`)
  if (spec.sign) throw refused(spec.sign === ' ' ? 'Space' : 'Sign')
  if (spec.alternate) throw refused('Alternate form (#)')
  if (spec.align === '=') throw refused("'=' alignment")
  if (spec.grouping) throw cannotGroup(spec.grouping, 's')
  const body = spec.precision === undefined ? text : [...text].slice(0, spec.precision).join('')
  return pad('', body, spec, '<')
}

const RADIX: { [type: string]: [radix: number, prefix: string] } = {
  b: [2, '0b'],
  o: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
}

/** Types of integers that take no separator. */
const UNGROUPED: { [separator: string]: string } = { ',': 'bcnoxX', _: 'cn' }

export function formatInt(value: bigint, source: string, typeName = 'int'): string {
  const spec = parseSpec(source, typeName)
  const { type, grouping } = spec
  if (type && 'eEfFgG%'.includes(type)) return formatFloat(Number(value), source)
  if (spec.precision !== undefined)
    throw raise('ValueError', 'Precision not allowed in integer format specifier')
  if (type && grouping && UNGROUPED[grouping].includes(type)) throw cannotGroup(grouping, type)
  const magnitude = value < 0n ? -value : value
  const sign = signText(value < 0n, spec)
  if (type === 'c') return pad('', String.fromCodePoint(Number(value)), spec, '<')
  if (type in RADIX) {
    const [radix, prefix] = RADIX[type]
    const digits = magnitude.toString(radix)
    const lead = sign + (spec.alternate ? prefix : '')
    const body = group(type === 'X' ? digits.toUpperCase() : digits, lead, spec, 4)
    return pad(lead, body, spec, numberAlign(spec))
  }
  if (type && type !== 'd' && type !== 'n') throw unknownCode(type, typeName)
  return pad(sign, group(String(magnitude), sign, spec), spec, numberAlign(spec))
}

/** `#`: there is a point, even where nothing follows it. */
const withPoint = (text: string): string =>
  text.includes('.') ? text : text.replace(/(?=[e%]|$)/, '.')

function floatBody(magnitude: number, spec: FormatSpec): string {
  const precision = spec.precision ?? 6
  switch (spec.type.toLowerCase()) {
    case 'f':
      return fixed(magnitude, precision)
    case 'e':
      return exponential(magnitude, precision)
    case 'g':
    case 'n':
      return general(magnitude, precision, spec.alternate)
    case '%':
      return `${fixed(magnitude * 100, precision)}%`
    case '': {
      if (spec.precision === undefined) return floatRepr(magnitude)
      // As `g`, but with a digit behind the point, and the exponent one earlier for it.
      const text = general(magnitude, precision, spec.alternate)
      if (text.includes('e') || text.includes('.')) return text
      const significant = Math.max(precision, 1)
      if (text.length < significant) return `${text}.0`
      const long = exponential(magnitude, significant - 1)
      return spec.alternate ? long : long.replace(/\.0*e|(?<=\.\d*?)0*e/, 'e')
    }
    default:
      throw unknownCode(spec.type, 'float')
  }
}

export function formatFloat(value: number, source: string): string {
  const spec = parseSpec(source, 'float')
  if (spec.grouping && spec.type === 'n') throw cannotGroup(spec.grouping, 'n')
  const sign = signText(value < 0 || Object.is(value, -0), spec)
  const magnitude = Math.abs(value)
  const finite = Number.isFinite(magnitude)
  const digits = floatBody(finite ? magnitude : 0, spec)
  const special = (Number.isNaN(value) ? 'nan' : 'inf') + (spec.type === '%' ? '%' : '')
  const text = group(spec.alternate ? withPoint(digits) : digits, sign, spec)
  const body = finite ? text : special
  return pad(sign, /[EFG]/.test(spec.type) ? body.toUpperCase() : body, spec, numberAlign(spec))
}
