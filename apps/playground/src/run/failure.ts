import type { FailureEvent } from '../protocol/events.ts'
import { SourceError } from './source-error.ts'

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Where in the program an error was thrown: the topmost call of its own in the stack. */
function placeIn(stack: string, url: string): { line: number; column: number } | undefined {
  const found = new RegExp(`${escaped(url)}:(\\d+):(\\d+)`).exec(stack)
  return found ? { line: Number(found[1]), column: Number(found[2]) } : undefined
}

/**
 * What the page is told of an error.
 * @param url of the program, if it got so far
 */
export function failureOf(error: unknown, url?: string): FailureEvent {
  if (!(error instanceof Error))
    return { kind: 'failure', message: `the program threw ${String(error)}` }
  const message = `${error.name}: ${error.message}`
  if (error instanceof SourceError) {
    const { line, column } = error
    return { kind: 'failure', message, line, column }
  }
  return { kind: 'failure', message, ...(url && placeIn(error.stack ?? '', url)) }
}
