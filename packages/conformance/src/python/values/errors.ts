import type { Instance, PyClass } from './classes.ts'
import type { Value } from './value.ts'

/** A Python exception on its way through JavaScript. */
export class PyError extends Error {
  /** Of the statement that raised it. */
  line?: number

  /**
   * @param type a class, or the name of a builtin one
   * @param args what the exception is made with
   * @param instance the exception, once somebody has looked at it
   */
  constructor(
    readonly type: string | PyClass,
    readonly args: readonly Value[],
    public instance?: Instance,
  ) {
    super(`${typeof type === 'string' ? type : type.name}: ${args.map(String).join(', ')}`)
    this.name = 'PyError'
  }
}

/** An exception of a builtin type, to be thrown. */
export const raise = (type: string, ...args: Value[]): PyError => new PyError(type, args)

export const syntaxError = (message: string, line: number, type = 'SyntaxError'): PyError =>
  raise(type, `${message} (line ${line})`)
