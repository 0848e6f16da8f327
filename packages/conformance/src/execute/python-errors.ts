import { SconceError } from '@sconce/backend'

/** Python's classes and what counts as one of them besides themselves. */
const subclasses: Readonly<Record<string, readonly string[]>> = {
  RuntimeError: ['NotImplementedError', 'OutOfMemoryError', 'LinAlgError', 'RecursionError'],
  LookupError: ['IndexError', 'KeyError'],
  ArithmeticError: ['ZeroDivisionError', 'OverflowError'],
}

/** Whether an error of the class `name` is caught as `type`. */
export function isPythonError(name: string, type: string): boolean {
  // `torch._C._LinAlgError` is known as `LinAlgError`.
  const base = type.split('.').at(-1)?.replace(/^_/, '') ?? type
  return base === 'Exception' || base === name || (subclasses[base]?.includes(name) ?? false)
}

/**
 * A Python regular expression as one of JavaScript; both search.
 * @throws SyntaxError for what JavaScript has no equal of
 */
export function pythonRegExp(pattern: string): RegExp {
  const flags = /^\(\?([aiLmsux]+)\)/.exec(pattern)
  const body = pattern
    .slice(flags?.[0].length ?? 0)
    .replace(/\(\?P<(\w+)>/g, '(?<$1>')
    .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replace(/\\A/g, '^')
    .replace(/\\Z/g, '$')
    // A bracket that comes first in a class is itself.
    .replace(/(?<!\\)\[(\^?)\]/g, '[$1\\]')
  return new RegExp(body, [...(flags?.[1] ?? '')].filter((flag) => 'ims'.includes(flag)).join(''))
}

/** An error that the library throws on purpose; any other one is a bug. */
export const isDeliberate = (error: unknown): error is SconceError => error instanceof SconceError

export const errorText = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)
