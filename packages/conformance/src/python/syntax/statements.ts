import type { Expression, ImportName, Jump, Program, Statement } from './ast.ts'
import { parseCompound } from './compound.ts'
import { Cursor } from './cursor.ts'
import { parseExpression, parseExpressions } from './expressions.ts'

const AUGMENTED = /^(\/\/|\*\*|<<|>>|[-+*/%@&|^])=$/
const JUMPS: { [keyword: string]: Jump['kind'] } = {
  pass: 'Pass',
  break: 'Break',
  continue: 'Continue',
}

/**
 * Parses a program.
 * @throws PyError SyntaxError
 */
export function parse(source: string): Program {
  const cursor = new Cursor(source)
  const body: Statement[] = []
  while (cursor.token.type !== 'end') body.push(...parseStatement(cursor))
  return { body }
}

/** One compound statement, or the simple statements of one line. */
function parseStatement(cursor: Cursor): Statement[] {
  if (cursor.token.type === 'indent') throw cursor.error('unexpected indent')
  const compound = parseCompound(cursor, parseBlock)
  return compound ? [compound] : parseSimpleLine(cursor)
}

/** `: statements` on the same line, or an indented block. */
function parseBlock(cursor: Cursor): Statement[] {
  cursor.expect(':')
  if (cursor.token.type !== 'newline') return parseSimpleLine(cursor)
  cursor.next()
  cursor.expectType('indent')
  const body: Statement[] = []
  const ended = (): boolean => cursor.token.type === 'dedent'
  while (!ended()) body.push(...parseStatement(cursor))
  cursor.next()
  return body
}

function parseSimpleLine(cursor: Cursor): Statement[] {
  const statements: Statement[] = []
  do {
    if (cursor.token.type === 'newline') break
    statements.push(parseSimple(cursor))
  } while (cursor.accept(';'))
  cursor.expectType('newline')
  return statements
}

const endsStatement = (cursor: Cursor): boolean => cursor.token.type === 'newline' || cursor.at(';')

function parseSimple(cursor: Cursor): Statement {
  const line = cursor.line
  const jump = cursor.token.type === 'keyword' ? JUMPS[cursor.token.text] : undefined
  if (jump) {
    cursor.next()
    return { kind: jump, line }
  }
  if (cursor.accept('return'))
    return {
      kind: 'Return',
      value: endsStatement(cursor) ? undefined : parseExpressions(cursor),
      line,
    }
  if (cursor.accept('raise')) {
    const exception = endsStatement(cursor) ? undefined : parseExpression(cursor)
    const cause = cursor.accept('from') ? parseExpression(cursor) : undefined
    return { kind: 'Raise', exception, cause, line }
  }
  if (cursor.accept('assert')) {
    const test = parseExpression(cursor)
    const message = cursor.accept(',') ? parseExpression(cursor) : undefined
    return { kind: 'Assert', test, message, line }
  }
  if (cursor.accept('del')) {
    const target = parseExpressions(cursor)
    return { kind: 'Delete', targets: target.kind === 'Tuple' ? target.elements : [target], line }
  }
  if (cursor.accept('global')) return { kind: 'Global', names: parseNames(cursor), line }
  if (cursor.accept('nonlocal')) return { kind: 'Nonlocal', names: parseNames(cursor), line }
  if (cursor.accept('import')) return { kind: 'Import', names: parseImports(cursor), line }
  if (cursor.accept('from')) return parseImportFrom(cursor, line)
  return parseAssignment(cursor, line)
}

function parseNames(cursor: Cursor): string[] {
  const names = [cursor.name()]
  while (cursor.accept(',')) names.push(cursor.name())
  return names
}

function dottedName(cursor: Cursor): string {
  let name = cursor.name()
  while (cursor.accept('.')) name += `.${cursor.name()}`
  return name
}

function importName(cursor: Cursor, read: (cursor: Cursor) => string): ImportName {
  const name = read(cursor)
  return cursor.accept('as') ? { name, alias: cursor.name() } : { name }
}

function parseImports(cursor: Cursor): ImportName[] {
  const names = [importName(cursor, dottedName)]
  while (cursor.accept(',')) names.push(importName(cursor, dottedName))
  return names
}

function parseImportFrom(cursor: Cursor, line: number): Statement {
  const module = dottedName(cursor)
  cursor.expect('import')
  if (cursor.accept('*')) return { kind: 'ImportFrom', module, names: '*', line }
  const parentheses = cursor.accept('(')
  const names: ImportName[] = []
  do {
    if (cursor.at(')')) break
    names.push(importName(cursor, (c) => c.name()))
  } while (cursor.accept(','))
  if (parentheses) cursor.expect(')')
  return { kind: 'ImportFrom', module, names, line }
}

function parseAssignment(cursor: Cursor, line: number): Statement {
  const first = parseExpressions(cursor)
  if (cursor.accept(':')) {
    // Annotations are read and forgotten: no program of the subset looks at them but dataclasses, by name.
    parseExpression(cursor)
    checkTarget(cursor, first)
    const value = cursor.accept('=') ? parseExpressions(cursor) : undefined
    return { kind: 'AnnotatedAssign', target: first, value, line }
  }
  const augmented = cursor.token.type === 'operator' && AUGMENTED.exec(cursor.token.text)
  if (augmented) {
    cursor.next()
    checkTarget(cursor, first)
    const op = augmented[1] as Extract<Statement, { kind: 'AugmentedAssign' }>['op']
    return { kind: 'AugmentedAssign', target: first, op, value: parseExpressions(cursor), line }
  }
  if (!cursor.at('=')) return { kind: 'Expression', value: first, line }
  const values = [first]
  while (cursor.accept('=')) values.push(parseExpressions(cursor))
  const value = values.pop()!
  for (const target of values) checkTarget(cursor, target)
  return { kind: 'Assign', targets: values, value, line }
}

const TARGETS: ReadonlySet<Expression['kind']> = new Set(['Name', 'Attribute', 'Subscript'])

function checkTarget(cursor: Cursor, target: Expression): void {
  if (target.kind === 'Tuple' || target.kind === 'List')
    for (const element of target.elements) checkTarget(cursor, element)
  else if (target.kind === 'Starred') checkTarget(cursor, target.value)
  else if (!TARGETS.has(target.kind)) throw cursor.error('cannot assign to expression')
}
