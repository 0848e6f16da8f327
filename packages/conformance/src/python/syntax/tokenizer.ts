import { syntaxError } from '../values/errors.ts'
import { KEYWORDS, type Token, type TokenType } from './tokens.ts'

const SPACE = /[ \t\f]*/y
const COMMENT = /#[^\n]*/y
const CONTINUATION = /\\\r?\n/y
const NEWLINE = /\r?\n/y
const STRING_START = /([rRbBuUfF]{0,2})('''|"""|'|")/y
const NUMBER =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?(?:\d[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?/y
const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_]*/uy
const OPERATOR =
  /\*\*=|\/\/=|>>=|<<=|\.\.\.|->|:=|\*\*|\/\/|>>|<<|<=|>=|==|!=|[-+*/%@&|^]=|[-+*/%@&|^~<>()[\]{},:.;=]/y

/** Width of an indentation; a tab goes to the next multiple of eight. */
const indentation = (space: string): number => {
  let width = 0
  for (const c of space) width = c === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1
  return width
}

const numberValue = (text: string): bigint | number => {
  const digits = text.replaceAll('_', '')
  return /^0[xob]/i.test(digits) || /^\d+$/.test(digits) ? BigInt(digits) : Number(digits)
}

/**
 * Splits Python source into tokens, with `indent` and `dedent` around blocks and a `newline` at the end
 * of each logical line.
 * @throws PyError SyntaxError or IndentationError
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  const indents = [0]
  let position = 0
  let line = 1
  let depth = 0
  let atLineStart = true

  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position
    const found = pattern.exec(source)
    if (found) position += found[0].length
    return found
  }
  const push = (type: TokenType, text: string, more?: Partial<Token>): void => {
    tokens.push({ type, text, line, ...more })
  }

  const lineStart = (): void => {
    const width = indentation(match(SPACE)![0])
    match(COMMENT)
    // Lines without a statement do not count.
    if (position >= source.length || match(NEWLINE)) {
      line++
      return
    }
    atLineStart = false
    if (width > indents[indents.length - 1]) {
      indents.push(width)
      push('indent', '')
    }
    while (width < indents[indents.length - 1]) {
      indents.pop()
      push('dedent', '')
    }
    if (width !== indents[indents.length - 1])
      throw syntaxError(
        'unindent does not match any outer indentation level',
        line,
        'IndentationError',
      )
  }

  const string = (prefix: string, quote: string): void => {
    const start = position
    while (!source.startsWith(quote, position)) {
      if (position >= source.length || (quote.length === 1 && source[position] === '\n'))
        throw syntaxError(
          `unterminated ${quote.length === 3 ? 'triple-quoted ' : ''}string literal`,
          line,
        )
      position += source[position] === '\\' ? 2 : 1
    }
    const text = source.slice(start, position)
    push('string', text, { prefix: prefix.toLowerCase() })
    position += quote.length
    line += text.split('\n').length - 1
  }

  const token = (): void => {
    const quote = match(STRING_START)
    if (quote) {
      string(quote[1], quote[2])
      return
    }
    const number = match(NUMBER)
    if (number) {
      if (/[jJ]/.test(source[position] ?? ''))
        throw syntaxError('complex numbers are not supported', line)
      push('number', number[0], { value: numberValue(number[0]) })
      return
    }
    const name = match(NAME)
    if (name) {
      push(KEYWORDS.has(name[0]) ? 'keyword' : 'name', name[0])
      return
    }
    const operator = match(OPERATOR)
    if (!operator) throw syntaxError(`invalid character '${source[position]}'`, line)
    if ('([{'.includes(operator[0])) depth++
    if (')]}'.includes(operator[0])) depth--
    push('operator', operator[0])
  }

  while (position < source.length) {
    if (atLineStart && depth === 0) {
      lineStart()
      continue
    }
    match(SPACE)
    if (match(COMMENT)) continue
    if (match(CONTINUATION)) line++
    else if (match(NEWLINE)) {
      if (depth === 0) {
        push('newline', '\n')
        atLineStart = true
      }
      line++
    } else if (position < source.length) token()
  }
  if (!atLineStart) push('newline', '\n')
  for (let i = indents.length; i > 1; i--) push('dedent', '')
  push('end', '')
  return tokens
}
