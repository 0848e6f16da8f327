import { inspect } from 'loupe'
import type { LogLevel, RunEvent } from '../protocol/events.ts'

/** Text as it is, all else as Node would print it: tensors and modules have their own way to look. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : inspect(value, { depth: 4, truncate: 2000 })

const levels: Readonly<Record<string, LogLevel>> = {
  log: 'log',
  info: 'log',
  debug: 'log',
  warn: 'warn',
  error: 'error',
}

/** Sends what is printed on the console to the page. */
export function captureConsole(tell: (event: RunEvent) => void): void {
  for (const [method, level] of Object.entries(levels)) {
    Object.assign(console, {
      [method]: (...values: unknown[]) =>
        tell({ kind: 'log', level, text: values.map(textOf).join(' ') }),
    })
  }
}
