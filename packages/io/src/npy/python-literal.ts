import { FormatError } from '../errors.ts'

/** What a literal can be; tuples are lists. */
export type Literal = string | number | boolean | null | Literal[] | Map<string, Literal>

const TOKEN =
  /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(\d+)L?|(True|False|None)\b|([[\](){},:]))/y

const constants: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null }
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Nesting that no header of numpy has. */
const MAX_DEPTH = 16

/** Parses Python literals: strings, non-negative integers, booleans, None, lists, tuples, dicts. */
class Parser {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  fail(): FormatError {
    return new FormatError('npy', `the header is no Python dict (at ${this.#position})`)
  }

  /** The next token: its kinds, of which one is defined. */
  #next(): RegExpExecArray {
    TOKEN.lastIndex = this.#position
    const match = TOKEN.exec(this.#text)
    if (!match) throw this.fail()
    this.#position = TOKEN.lastIndex
    return match
  }

  #peek(mark: string): boolean {
    const before = this.#position
    const [, , , , found] = this.#next()
    if (found === mark) return true
    this.#position = before
    return false
  }

  #expect(mark: string): void {
    if (!this.#peek(mark)) throw this.fail()
  }

  value(depth = 0): Literal {
    const [, quoted, digits, name, mark] = this.#next()
    if (quoted !== undefined) return quoted.slice(1, -1)
    if (digits !== undefined) return Number(digits)
    if (name !== undefined) return constants[name]
    const end = closing[mark]
    if (end === undefined || depth > MAX_DEPTH) throw this.fail()
    return mark === '{' ? this.#dict(depth) : this.#list(end, depth)
  }

  #list(end: string, depth: number): Literal[] {
    const items: Literal[] = []
    while (!this.#peek(end)) {
      items.push(this.value(depth + 1))
      if (this.#peek(',')) continue
      this.#expect(end)
      break
    }
    return items
  }

  #dict(depth: number): Map<string, Literal> {
    const dict = new Map<string, Literal>()
    while (!this.#peek('}')) {
      const key = this.value(depth + 1)
      if (typeof key !== 'string') throw this.fail()
      this.#expect(':')
      dict.set(key, this.value(depth + 1))
      if (this.#peek(',')) continue
      this.#expect('}')
      break
    }
    return dict
  }

  end(): void {
    if (this.#text.slice(this.#position).trim() !== '') throw this.fail()
  }
}

/**
 * The value of a Python literal; nothing is evaluated.
 *
 * @throws FormatError for anything else.
 */
export function parseLiteral(text: string): Literal {
  const parser = new Parser(text)
  const value = parser.value()
  parser.end()
  return value
}
