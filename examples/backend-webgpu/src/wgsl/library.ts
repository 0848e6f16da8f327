import { basic } from './math/basic.ts'
import { exponential } from './math/exponential.ts'
import { gamma } from './math/gamma.ts'
import { hyperbolic } from './math/hyperbolic.ts'
import { integer } from './math/integer.ts'
import { inverseTrigonometric } from './math/inverse-trigonometric.ts'
import { power } from './math/power.ts'
import { remainder } from './math/remainder.ts'
import { trigonometric } from './math/trigonometric.ts'

/**
 * The functions that programs may call, in WGSL. Prefixes: `f_` on f32, `i_` on i32. WGSL's own `exp`,
 * `sin` or `tanh` may be off by thousands of ULP, and need not know NaN; so all of them are written here
 * with arithmetic that WGSL does define.
 */
const library: Readonly<Record<string, string>> = {
  ...basic,
  ...integer,
  ...exponential,
  ...hyperbolic,
  ...power,
  ...trigonometric,
  ...inverseTrigonometric,
  ...gamma,
  ...remainder,
}

/** What a function's text names of the library, with what those name in turn. */
function closure(name: string, found: Set<string>): void {
  if (found.has(name)) return
  const code = library[name]
  if (code === undefined) throw new Error(`the library has no ${name}`)
  found.add(name)
  for (const word of code.match(/\w+/g) ?? []) {
    if (word !== name && Object.hasOwn(library, word)) closure(word, found)
  }
}

/** The text of these functions and all that they need. Variables hide constants from compilers. */
export function libraryText(names: Iterable<string>): string {
  const found = new Set<string>()
  for (const name of names) closure(name, found)
  const texts = [...found].map((name) => library[name])
  return `
var<private> infinity_bits: u32 = 0x7f800000u;
var<private> zero_bits: u32 = 0u;
${texts.join('\n')}`
}
