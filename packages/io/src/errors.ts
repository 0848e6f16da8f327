import { SconceError } from '@sconce/backend'

/** A file that is not what it should be: truncated, corrupted, or with contents that can't be read. */
export class FormatError extends SconceError {
  static override errorName = 'FormatError'
  /** What the file was read as: 'safetensors', 'npy', 'zip'… */
  readonly format: string

  constructor(format: string, message: string, options?: ErrorOptions) {
    super(`${format}: ${message}`, options)
    this.format = format
  }
}

/** Throws a FormatError of `format` unless the condition holds. */
export function expectFormat(
  format: string,
  condition: boolean,
  message: () => string,
): asserts condition {
  if (!condition) throw new FormatError(format, message())
}
