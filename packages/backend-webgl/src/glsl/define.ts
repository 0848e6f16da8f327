import type { LibraryFunction } from './functions.ts'

/** A library function from its text and the names of those that it calls. */
export const define = (code: string, ...needs: string[]): LibraryFunction => ({
  needs,
  code: code.trim(),
})
