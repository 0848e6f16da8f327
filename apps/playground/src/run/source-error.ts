/** What is wrong with a program before it runs. Line and column count from 1. */
export class SourceError extends Error {
  readonly line: number
  readonly column: number

  constructor(message: string, line: number, column: number) {
    super(message)
    this.name = 'SyntaxError'
    this.line = line
    this.column = column
  }
}
