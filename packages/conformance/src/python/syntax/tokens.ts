/** What the tokenizer makes and the parser eats. */

export type TokenType =
  | 'name'
  | 'keyword'
  | 'number'
  | 'string'
  | 'operator'
  | 'newline'
  | 'indent'
  | 'dedent'
  | 'end'

export interface Token {
  type: TokenType
  /** As written; of a string what stands between the quotes, escapes untouched. */
  text: string
  line: number
  /** Of a number: an int is a bigint, a float a number. */
  value?: bigint | number
  /** Of a string: the letters before the quotes, in lower case. */
  prefix?: string
}

export const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally ' +
    'for from global if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
)
