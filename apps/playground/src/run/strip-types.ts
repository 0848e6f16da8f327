import { transform } from 'sucrase'
import { SourceError } from './source-error.ts'

const hasPlace = (error: unknown): error is Error & { loc: { line: number; column: number } } =>
  error instanceof Error && typeof Object(Object(error).loc).line === 'number'

/**
 * The JavaScript of a TypeScript program: every statement stays on its line.
 * @throws SourceError for what is no TypeScript
 */
export function stripTypes(source: string): string {
  try {
    return transform(source, { transforms: ['typescript'], disableESTransforms: true }).code
  } catch (error) {
    if (!hasPlace(error)) throw error
    // 'Error transforming program: Unexpected token (3:10)'
    const message = error.message.replace(/^Error transforming [^:]*: /, '').replace(/ \(.*\)$/, '')
    throw new SourceError(message, error.loc.line, error.loc.column)
  }
}
