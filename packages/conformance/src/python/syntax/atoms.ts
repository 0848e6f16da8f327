import { ELLIPSIS, type Value } from '../values/value.ts'
import type { DictDisplay, Expression, JoinedString } from './ast.ts'
import { Cursor } from './cursor.ts'
import {
  parseArithmetic,
  parseClauses,
  parseElement,
  parseExpression,
  parseExpressions,
  parseNamed,
  parseYield,
  startsComprehension,
} from './expressions.ts'
import { parseJoinedString, unescape } from './literals.ts'

const NAMED_CONSTANTS: { [keyword: string]: Value } = { None: null, True: true, False: false }

/** A literal, a name, or something in brackets. */
export function parseAtom(cursor: Cursor): Expression {
  const token = cursor.token
  if (token.type === 'string') return parseStrings(cursor)
  if (cursor.accept('(')) return parseParentheses(cursor)
  if (cursor.accept('[')) return parseList(cursor)
  if (cursor.accept('{')) return parseBraces(cursor)
  if (cursor.accept('...')) return { kind: 'Constant', value: ELLIPSIS }
  if (token.type === 'name') return { kind: 'Name', id: cursor.name() }
  if (token.type === 'number') return { kind: 'Constant', value: cursor.next().value! }
  if (token.type === 'keyword' && token.text in NAMED_CONSTANTS)
    return { kind: 'Constant', value: NAMED_CONSTANTS[cursor.next().text] }
  throw cursor.error()
}

/** Parses the source of one expression, as it stands in an f-string or is given by itself. */
export function parseExpressionSource(source: string): Expression {
  // In parentheses line breaks mean nothing.
  const cursor = new Cursor(`(${source}\n)`)
  cursor.expect('(')
  const result = parseExpressions(cursor)
  cursor.expect(')')
  if (cursor.token.type !== 'newline') throw cursor.error()
  return result
}

/** Adjacent string literals are one. */
function parseStrings(cursor: Cursor): Expression {
  const parts: JoinedString['parts'] = []
  let formatted = false
  while (cursor.token.type === 'string') {
    const { text, prefix = '', line } = cursor.next()
    if (prefix.includes('b')) throw cursor.error('bytes are not supported')
    const raw = prefix.includes('r')
    if (prefix.includes('f')) {
      formatted = true
      parts.push(...parseJoinedString(text, raw, line, parseExpressionSource).parts)
    } else parts.push(raw ? text : unescape(text))
  }
  if (formatted) return { kind: 'JoinedString', parts }
  return { kind: 'Constant', value: parts.join('') }
}

function parseParentheses(cursor: Cursor): Expression {
  if (cursor.accept(')')) return { kind: 'Tuple', elements: [] }
  if (cursor.at('yield')) {
    const result = parseYield(cursor)
    cursor.expect(')')
    return result
  }
  const first = parseElement(cursor)
  if (startsComprehension(cursor)) {
    const clauses = parseClauses(cursor)
    cursor.expect(')')
    return { kind: 'Comprehension', form: 'generator', element: first, clauses }
  }
  if (first.kind !== 'Starred' && cursor.accept(')')) return first
  return { kind: 'Tuple', elements: parseRest(cursor, first, ')', parseElement) }
}

function parseList(cursor: Cursor): Expression {
  if (cursor.accept(']')) return { kind: 'List', elements: [] }
  const first = parseElement(cursor)
  if (startsComprehension(cursor)) {
    const clauses = parseClauses(cursor)
    cursor.expect(']')
    return { kind: 'Comprehension', form: 'list', element: first, clauses }
  }
  return { kind: 'List', elements: parseRest(cursor, first, ']', parseElement) }
}

/** What follows the first element of a display, up to and with the closing bracket. */
function parseRest<T>(cursor: Cursor, first: T, close: string, element: (c: Cursor) => T): T[] {
  const elements = [first]
  while (cursor.accept(',') && !cursor.at(close)) elements.push(element(cursor))
  cursor.expect(close)
  return elements
}

type Entry = DictDisplay['entries'][number]

function parseBraces(cursor: Cursor): Expression {
  if (cursor.accept('}')) return { kind: 'Dict', entries: [] }
  const first = parseEntry(cursor)
  if (startsComprehension(cursor)) {
    const clauses = parseClauses(cursor)
    cursor.expect('}')
    const { key, value } = first
    return key
      ? { kind: 'Comprehension', form: 'dict', element: key, value, clauses }
      : { kind: 'Comprehension', form: 'set', element: value, clauses }
  }
  const entries = parseRest(cursor, first, '}', parseEntry)
  if (!first.element) return { kind: 'Dict', entries }
  return { kind: 'Set', elements: entries.map((entry) => entry.value) }
}

/** An entry of a dict or, marked so, an element of a set. */
function parseEntry(cursor: Cursor): Entry & { element?: true } {
  if (cursor.accept('**')) return { value: parseArithmetic(cursor) }
  const key = cursor.at('*') ? parseElement(cursor) : parseNamed(cursor)
  if (!cursor.accept(':')) return { value: key, element: true }
  return { key, value: parseExpression(cursor) }
}
