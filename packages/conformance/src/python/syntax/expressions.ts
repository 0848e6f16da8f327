import type {
  Argument,
  BinaryOperator,
  Clause,
  Comparison,
  Expression,
  Starred,
  UnaryOperator,
} from './ast.ts'
import { parseAtom } from './atoms.ts'
import type { Cursor } from './cursor.ts'
import { parseLambda } from './functions.ts'

/** From loosest to tightest; all of them group from the left. */
const BINARY_LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '//', '%', '@'],
]
const UNARY: readonly UnaryOperator[] = ['-', '+', '~']
const COMPARISONS: readonly Comparison[] = ['==', '!=', '<', '<=', '>', '>=', 'in']

/** `a := b`, or any expression without a bare comma. */
export function parseNamed(cursor: Cursor): Expression {
  const target = parseExpression(cursor)
  if (target.kind !== 'Name' || !cursor.accept(':=')) return target
  return { kind: 'Named', target, value: parseExpression(cursor) }
}

export function parseExpression(cursor: Cursor): Expression {
  if (cursor.at('lambda')) return parseLambda(cursor)
  const then = parseOr(cursor)
  if (!cursor.accept('if')) return then
  const test = parseOr(cursor)
  cursor.expect('else')
  return { kind: 'Conditional', test, then, otherwise: parseExpression(cursor) }
}

function parseOr(cursor: Cursor): Expression {
  const left = parseAnd(cursor)
  return cursor.accept('or') ? { kind: 'Logical', op: 'or', left, right: parseOr(cursor) } : left
}

function parseAnd(cursor: Cursor): Expression {
  const left = parseNot(cursor)
  return cursor.accept('and') ? { kind: 'Logical', op: 'and', left, right: parseAnd(cursor) } : left
}

function parseNot(cursor: Cursor): Expression {
  if (cursor.accept('not')) return { kind: 'Not', operand: parseNot(cursor) }
  return parseComparison(cursor)
}

function comparisonOperator(cursor: Cursor): Comparison | undefined {
  if (cursor.accept('is')) return cursor.accept('not') ? 'is not' : 'is'
  if (cursor.at('not') && cursor.at('in', 1)) {
    cursor.position += 2
    return 'not in'
  }
  return COMPARISONS.find((op) => cursor.accept(op))
}

function parseComparison(cursor: Cursor): Expression {
  const left = parseArithmetic(cursor)
  const rest: { op: Comparison; right: Expression }[] = []
  for (let op = comparisonOperator(cursor); op; op = comparisonOperator(cursor))
    rest.push({ op, right: parseArithmetic(cursor) })
  return rest.length > 0 ? { kind: 'Compare', left, rest } : left
}

/** Everything that binds tighter than a comparison; targets are read with it, as it leaves `in` alone. */
export function parseArithmetic(cursor: Cursor, level = 0): Expression {
  if (level === BINARY_LEVELS.length) return parseUnary(cursor)
  let left = parseArithmetic(cursor, level + 1)
  for (;;) {
    const op = BINARY_LEVELS[level].find((candidate) => cursor.accept(candidate))
    if (!op) return left
    left = { kind: 'Binary', op, left, right: parseArithmetic(cursor, level + 1) }
  }
}

function parseUnary(cursor: Cursor): Expression {
  const op = UNARY.find((candidate) => cursor.accept(candidate))
  if (op) return { kind: 'Unary', op, operand: parseUnary(cursor) }
  const base = parsePrimary(cursor)
  return cursor.accept('**')
    ? { kind: 'Binary', op: '**', left: base, right: parseUnary(cursor) }
    : base
}

function parsePrimary(cursor: Cursor): Expression {
  let result = parseAtom(cursor)
  for (;;) {
    if (cursor.accept('.')) result = { kind: 'Attribute', object: result, name: cursor.name() }
    else if (cursor.accept('('))
      result = { kind: 'Call', callee: result, args: parseArguments(cursor) }
    else if (cursor.accept('['))
      result = { kind: 'Subscript', object: result, index: parseIndex(cursor) }
    else return result
  }
}

/** What follows `(` of a call, up to and with `)`. */
export function parseArguments(cursor: Cursor): Argument[] {
  const args: Argument[] = []
  while (!cursor.accept(')')) {
    args.push(parseArgument(cursor))
    if (!cursor.at(')')) cursor.expect(',')
  }
  return args
}

function parseArgument(cursor: Cursor): Argument {
  if (cursor.accept('**')) return { spread: '**', value: parseExpression(cursor) }
  if (cursor.accept('*')) return { spread: '*', value: parseExpression(cursor) }
  if (cursor.token.type === 'name' && cursor.at('=', 1)) {
    const name = cursor.name()
    cursor.expect('=')
    return { name, value: parseExpression(cursor) }
  }
  const value = parseNamed(cursor)
  if (!startsComprehension(cursor)) return { value }
  const clauses = parseClauses(cursor)
  return { value: { kind: 'Comprehension', form: 'generator', element: value, clauses } }
}

function parseIndex(cursor: Cursor): Expression {
  const elements: Expression[] = []
  let tuple = false
  while (!cursor.accept(']')) {
    elements.push(parseIndexElement(cursor))
    if (cursor.at(']')) continue
    cursor.expect(',')
    tuple = true
  }
  if (elements.length === 0) throw cursor.error()
  return tuple || elements[0].kind === 'Starred' ? { kind: 'Tuple', elements } : elements[0]
}

function parseIndexElement(cursor: Cursor): Expression {
  if (cursor.at('*')) return parseStarred(cursor)
  const bound = (): Expression | undefined =>
    cursor.at(':') || cursor.at(',') || cursor.at(']') ? undefined : parseExpression(cursor)
  const start = cursor.at(':') ? undefined : parseNamed(cursor)
  if (!cursor.accept(':')) return start!
  const stop = bound()
  const step = cursor.accept(':') ? bound() : undefined
  return { kind: 'Slice', start, stop, step }
}

export function parseStarred(cursor: Cursor): Starred {
  cursor.expect('*')
  return { kind: 'Starred', value: parseArithmetic(cursor) }
}

/** One element of a display: `*value` or an expression. */
export const parseElement = (cursor: Cursor): Expression =>
  cursor.at('*') ? parseStarred(cursor) : parseNamed(cursor)

/** Can a further element follow a comma here, or does the list end with the comma? */
const endsList = (cursor: Cursor): boolean =>
  cursor.token.type === 'newline' ||
  cursor.token.type === 'end' ||
  [')', ']', '}', '=', ':', ';', 'in'].some((text) => cursor.at(text))

function parseCommaList(cursor: Cursor, element: (cursor: Cursor) => Expression): Expression {
  const first = element(cursor)
  if (!cursor.at(',')) {
    if (first.kind === 'Starred' && !cursor.at('=') && !cursor.at('in'))
      throw cursor.error("can't use starred expression here")
    return first
  }
  const elements = [first]
  while (cursor.accept(',') && !endsList(cursor)) elements.push(element(cursor))
  return { kind: 'Tuple', elements }
}

/** Expressions with commas: a tuple without parentheses, or one expression; also `yield`. */
export function parseExpressions(cursor: Cursor): Expression {
  return cursor.at('yield') ? parseYield(cursor) : parseCommaList(cursor, parseElement)
}

/** The targets of a `for`. */
export const parseTargets = (cursor: Cursor): Expression =>
  parseCommaList(cursor, (c) => (c.at('*') ? parseStarred(c) : parseArithmetic(c)))

export function parseYield(cursor: Cursor): Expression {
  cursor.expect('yield')
  if (cursor.accept('from')) return { kind: 'YieldFrom', value: parseExpression(cursor) }
  return { kind: 'Yield', value: endsList(cursor) ? undefined : parseExpressions(cursor) }
}

export const startsComprehension = (cursor: Cursor): boolean => cursor.at('for')

/** `for … in … if …`, once or more. */
export function parseClauses(cursor: Cursor): Clause[] {
  const clauses: Clause[] = []
  while (cursor.accept('for')) {
    const target = parseTargets(cursor)
    cursor.expect('in')
    const clause: Clause = { target, iterable: parseOr(cursor), conditions: [] }
    while (cursor.accept('if')) clause.conditions.push(parseCondition(cursor))
    clauses.push(clause)
  }
  return clauses
}

/** A condition of a comprehension, which no `if … else` may follow. */
function parseCondition(cursor: Cursor): Expression {
  const value = parseOr(cursor)
  if (value.kind !== 'Name' || !cursor.accept(':=')) return value
  return { kind: 'Named', target: value, value: parseOr(cursor) }
}
