import { access } from './access-functions.ts'
import { basic } from './math/basic.ts'
import { exponential } from './math/exponential.ts'
import { gamma } from './math/gamma.ts'
import { integer } from './math/integer.ts'
import { power } from './math/power.ts'
import { remainder } from './math/remainder.ts'
import { trigonometric } from './math/trigonometric.ts'

/** One function of the GLSL library: its text and the functions it calls. */
export interface LibraryFunction {
  readonly needs: readonly string[]
  readonly code: string
}

/** Text of a table of functions: each entry names what it needs first. */
export type Library = Readonly<Record<string, LibraryFunction>>

/** The GLSL library. Prefixes: f_ on vec4, i_ on ivec4, b_ on bvec4. */
export const functions: Library = {
  ...access,
  ...basic,
  ...integer,
  ...exponential,
  ...power,
  ...trigonometric,
  ...gamma,
  ...remainder,
}
