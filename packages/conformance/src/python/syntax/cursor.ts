import type { PyError } from '../values/errors.ts'
import { syntaxError } from '../values/errors.ts'
import { tokenize } from './tokenizer.ts'
import type { Token } from './tokens.ts'

/** A place in the tokens, which the parser moves forward. */
export class Cursor {
  private readonly tokens: Token[]
  /** May be set back to try another reading. */
  position = 0

  constructor(source: string) {
    this.tokens = tokenize(source)
  }

  get token(): Token {
    return this.tokens[this.position]
  }

  get line(): number {
    return this.token.line
  }

  next(): Token {
    return this.tokens[this.position++]
  }

  /** Is the next token this operator or keyword? `ahead` looks further. */
  at(text: string, ahead = 0): boolean {
    const token = this.tokens[this.position + ahead]
    return token?.text === text && (token.type === 'operator' || token.type === 'keyword')
  }

  /** Takes the operator or keyword if it is next. */
  accept(text: string): boolean {
    if (!this.at(text)) return false
    this.position++
    return true
  }

  /** @throws PyError SyntaxError if something else is next */
  expect(text: string): void {
    if (!this.accept(text)) throw this.error(`expected '${text}'`)
  }

  expectType(type: Token['type']): Token {
    if (this.token.type !== type) throw this.error(`expected ${type}`)
    return this.next()
  }

  /** Takes a name. */
  name(): string {
    return this.expectType('name').text
  }

  error(message = 'invalid syntax'): PyError {
    const { type, text } = this.token
    const found = type === 'name' || type === 'operator' || type === 'keyword' ? text : type
    return syntaxError(`${message}, found '${found}'`, this.line)
  }
}
