import type { Expression, Handler, Statement, WithItem } from './ast.ts'
import type { Cursor } from './cursor.ts'
import {
  parseArguments,
  parseArithmetic,
  parseExpression,
  parseExpressions,
  parseNamed,
  parseTargets,
} from './expressions.ts'
import { docstring, makeCode, parseParameters } from './functions.ts'
import { nameRules } from './names.ts'

type Block = (cursor: Cursor) => Statement[]

const COMPOUND: {
  [keyword: string]: (cursor: Cursor, block: Block, line: number) => Statement
} = {
  if: parseIf,
  while: parseWhile,
  for: parseFor,
  with: parseWith,
  try: parseTry,
  def: (cursor, block, line) => parseFunction(cursor, block, line, []),
  class: (cursor, block, line) => parseClass(cursor, block, line, []),
}

/** The compound statement that is next, if one is. */
export function parseCompound(cursor: Cursor, block: Block): Statement | undefined {
  const { type, text, line } = cursor.token
  if (cursor.at('@')) return parseDecorated(cursor, block, line)
  if (type !== 'keyword' || !Object.hasOwn(COMPOUND, text)) return undefined
  cursor.next()
  return COMPOUND[text](cursor, block, line)
}

function parseIf(cursor: Cursor, block: Block, line: number): Statement {
  const test = parseNamed(cursor)
  const body = block(cursor)
  const elif = cursor.line
  const otherwise = cursor.accept('elif')
    ? [parseIf(cursor, block, elif)]
    : parseElse(cursor, block)
  return { kind: 'If', test, body, otherwise, line }
}

const parseElse = (cursor: Cursor, block: Block): Statement[] =>
  cursor.accept('else') ? block(cursor) : []

function parseWhile(cursor: Cursor, block: Block, line: number): Statement {
  const test = parseNamed(cursor)
  const body = block(cursor)
  return { kind: 'While', test, body, otherwise: parseElse(cursor, block), line }
}

function parseFor(cursor: Cursor, block: Block, line: number): Statement {
  const target = parseTargets(cursor)
  cursor.expect('in')
  const iterable = parseExpressions(cursor)
  const body = block(cursor)
  return { kind: 'For', target, iterable, body, otherwise: parseElse(cursor, block), line }
}

function parseWith(cursor: Cursor, block: Block, line: number): Statement {
  const items = parenthesizedItems(cursor) ?? withItems(cursor, ':')
  return { kind: 'With', items, body: block(cursor), line }
}

/** `(a as b, c as d)`; undefined if the parentheses turn out to be those of an expression. */
function parenthesizedItems(cursor: Cursor): WithItem[] | undefined {
  const start = cursor.position
  if (!cursor.accept('(')) return undefined
  try {
    const items = withItems(cursor, ')')
    cursor.expect(')')
    if (cursor.at(':')) return items
  } catch {
    // Not a list of items: read again as an expression, whose error is the better one.
  }
  cursor.position = start
  return undefined
}

function withItems(cursor: Cursor, close: string): WithItem[] {
  const items: WithItem[] = []
  do {
    if (cursor.at(close)) break
    const manager = parseExpression(cursor)
    items.push(cursor.accept('as') ? { manager, target: parseArithmetic(cursor) } : { manager })
  } while (cursor.accept(','))
  return items
}

function parseTry(cursor: Cursor, block: Block, line: number): Statement {
  const body = block(cursor)
  const handlers: Handler[] = []
  while (cursor.accept('except')) {
    const type = cursor.at(':') ? undefined : parseExpression(cursor)
    const name = cursor.accept('as') ? cursor.name() : undefined
    handlers.push({ type, name, body: block(cursor) })
  }
  const otherwise = parseElse(cursor, block)
  const finalizer = cursor.accept('finally') ? block(cursor) : []
  return { kind: 'Try', body, handlers, otherwise, finalizer, line }
}

function parseDecorated(cursor: Cursor, block: Block, line: number): Statement {
  const decorators: Expression[] = []
  while (cursor.accept('@')) {
    decorators.push(parseNamed(cursor))
    cursor.expectType('newline')
  }
  if (cursor.accept('class')) return parseClass(cursor, block, line, decorators)
  cursor.expect('def')
  return parseFunction(cursor, block, line, decorators)
}

function parseFunction(
  cursor: Cursor,
  block: Block,
  line: number,
  decorators: Expression[],
): Statement {
  const name = cursor.name()
  cursor.expect('(')
  const parameters = parseParameters(cursor, ')', true)
  cursor.expect(')')
  if (cursor.accept('->')) parseExpression(cursor)
  return { kind: 'Function', code: makeCode(name, parameters, block(cursor)), decorators, line }
}

function parseClass(
  cursor: Cursor,
  block: Block,
  line: number,
  decorators: Expression[],
): Statement {
  const name = cursor.name()
  const args = cursor.accept('(') ? parseArguments(cursor) : []
  const body = block(cursor)
  const doc = docstring(body)
  return { kind: 'Class', name, args, body, names: nameRules(body), decorators, doc, line }
}
