/** From the text between the quotes to what the string literal means. */
import { syntaxError } from '../values/errors.ts'
import type { Expression, JoinedString, ReplacementField } from './ast.ts'

const SIMPLE_ESCAPES: { [letter: string]: string } = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const ESCAPE =
  /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\n\\'"abfnrtv]))/g

/** Replaces escapes; an unknown one stays as written, as in Python. */
export const unescape = (text: string): string =>
  text.includes('\\')
    ? text.replace(ESCAPE, (_, octal, x, u, long, simple) => {
        if (simple !== undefined) return SIMPLE_ESCAPES[simple]
        const code = octal !== undefined ? parseInt(octal, 8) : parseInt(x ?? u ?? long, 16)
        return String.fromCodePoint(code)
      })
    : text

const CLOSING: { [open: string]: string } = { '(': ')', '[': ']', '{': '}' }

/** Index of the first of `stops` outside brackets and quotes, from `start` on. */
function find(text: string, start: number, stops: RegExp, line: number): number {
  const brackets: string[] = []
  for (let i = start; i < text.length; i++) {
    const c = text[i]
    if (brackets.length === 0) {
      stops.lastIndex = i
      if (stops.test(text)) return i
    }
    if (c === "'" || c === '"') {
      const quote = text.startsWith(c.repeat(3), i) ? c.repeat(3) : c
      i = text.indexOf(quote, i + quote.length) + quote.length - 1
      if (i < quote.length - 1) break
    } else if (c in CLOSING) brackets.push(CLOSING[c])
    else if (c === brackets[brackets.length - 1]) brackets.pop()
  }
  throw syntaxError("f-string: expecting '}'", line)
}

/** Index of the brace that closes a format spec, in which quotes mean nothing. */
function findSpecEnd(text: string, start: number, line: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && depth-- === 0) return i
  }
  throw syntaxError("f-string: expecting '}'", line)
}

// `!=`, `==`, `<=`, `>=` and `:=` inside brackets are no stops.
const EXPRESSION_END = /![rsa](?=[:}])|:|\}|(?<![=!<>])=(?=\s*(?:\}|:|![rsa]))/y

/**
 * Parses the text of an f-string.
 * @param parse parses the source of one expression
 */
export function parseJoinedString(
  text: string,
  raw: boolean,
  line: number,
  parse: (source: string) => Expression,
): JoinedString {
  const parts: JoinedString['parts'] = []
  let literal = ''
  let i = 0
  const flush = (): void => {
    if (literal) parts.push(raw ? literal : unescape(literal))
    literal = ''
  }

  const field = (start: number): void => {
    let end = find(text, start, EXPRESSION_END, line)
    const source = text.slice(start, end)
    if (!source.trim()) throw syntaxError('f-string: empty expression not allowed', line)
    const result: ReplacementField = { expression: parse(source) }
    let debug = false
    if (text[end] === '=') {
      const after = /\s*/y
      after.lastIndex = end + 1
      const space = after.exec(text)![0]
      literal += `${source}=${space}`
      end += 1 + space.length
      debug = true
    }
    flush()
    if (text[end] === '!') {
      result.conversion = text[end + 1] as ReplacementField['conversion']
      end += 2
    }
    if (text[end] === ':') {
      const stop = findSpecEnd(text, end + 1, line)
      result.spec = parseJoinedString(text.slice(end + 1, stop), raw, line, parse)
      end = stop
    }
    if (debug && !result.conversion && !result.spec) result.conversion = 'r'
    if (text[end] !== '}') throw syntaxError("f-string: expecting '}'", line)
    parts.push(result)
    i = end + 1
  }

  while (i < text.length) {
    const two = text.slice(i, i + 2)
    if (two === '{{' || two === '}}') {
      literal += two[0]
      i += 2
    } else if (text[i] === '{') field(i + 1)
    else if (text[i] === '}') throw syntaxError("f-string: single '}' is not allowed", line)
    else if (text[i] === '\\' && !raw) {
      literal += two
      i += 2
    } else literal += text[i++]
  }
  flush()
  return { kind: 'JoinedString', parts }
}
