import { isMatch } from 'matcher'

/**
 * Whether a name is one of the patterns. `*` stands for anything, slashes too; every other character is
 * itself, since ids hold brackets and parentheses.
 */
export const matchesGlob = (name: string, patterns: string | readonly string[]): boolean =>
  isMatch(name, patterns, { caseSensitive: true })
