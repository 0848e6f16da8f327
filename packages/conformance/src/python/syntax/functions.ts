import type { Code, Expression, Lambda, Parameters } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { parseExpression } from './expressions.ts'
import { containsYield, nameRules } from './names.ts'

export function parseLambda(cursor: Cursor): Lambda {
  const line = cursor.line
  cursor.expect('lambda')
  const parameters = parseParameters(cursor, ':', false)
  cursor.expect(':')
  const value: Expression = parseExpression(cursor)
  const body = [{ kind: 'Return' as const, value, line }]
  return { kind: 'Lambda', code: makeCode('<lambda>', parameters, body) }
}

export function makeCode(name: string, parameters: Parameters, body: Code['body']): Code {
  const names = parameterNames(parameters)
  return {
    name,
    parameters,
    body,
    names: nameRules(body, names),
    isGenerator: containsYield(body),
    doc: docstring(body),
  }
}

/** The string that a body starts with. */
export function docstring(body: Code['body']): string | undefined {
  const first = body[0]
  if (first?.kind !== 'Expression' || first.value.kind !== 'Constant') return undefined
  const { value } = first.value
  return typeof value === 'string' ? value : undefined
}

/** In the order of `inspect.signature`. */
export const parameterNames = (parameters: Parameters): string[] => [
  ...parameters.positional.map((parameter) => parameter.name),
  ...(parameters.rest === undefined ? [] : [parameters.rest]),
  ...parameters.keywordOnly.map((parameter) => parameter.name),
  ...(parameters.keywords === undefined ? [] : [parameters.keywords]),
]

/** Parameters up to `close`, which is left alone. */
export function parseParameters(cursor: Cursor, close: string, annotated: boolean): Parameters {
  const result: Parameters = { positional: [], positionalOnly: 0, keywordOnly: [] }
  const name = (): string => {
    const text = cursor.name()
    // What a parameter is annotated with changes nothing.
    if (annotated && cursor.accept(':')) parseExpression(cursor)
    return text
  }
  let keywordOnly = false
  while (!cursor.at(close)) {
    if (cursor.accept('**')) result.keywords = name()
    else if (cursor.accept('*')) {
      keywordOnly = true
      if (!cursor.at(',')) result.rest = name()
    } else if (cursor.accept('/')) result.positionalOnly = result.positional.length
    else {
      const list = keywordOnly ? result.keywordOnly : result.positional
      const parameter = { name: name() }
      const fallback = cursor.accept('=') ? parseExpression(cursor) : undefined
      if (!fallback && !keywordOnly && list[list.length - 1]?.fallback)
        throw cursor.error('non-default argument follows default argument')
      list.push({ ...parameter, fallback })
    }
    if (!cursor.at(close)) cursor.expect(',')
  }
  return result
}
