/** The text of an error. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** Where the page's own files are. */
export const base = (): string => new URL('.', location.href).href
