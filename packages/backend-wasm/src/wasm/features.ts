import { instructions } from './instructions.ts'
import { ModuleBuilder } from './module.ts'

/** Whether the engine takes a module whose one function runs these bytes, which leave one v128. */
function validates(bytes: readonly number[]): boolean {
  if (typeof WebAssembly !== 'object') return false
  const builder = new ModuleBuilder(false)
  builder.define({ params: [], results: ['v128'] }).code.bytes(...bytes)
  return WebAssembly.validate(builder.encode())
}

const zero = [...instructions['v128.const'].bytes, ...new Array<number>(16).fill(0)]

/** Whether the engine has WebAssembly with 128-bit SIMD. */
export const hasSimd = (): boolean => validates(zero)

/** Whether modules may be compiled here: a Content-Security-Policy can forbid it. */
export function canCompile(): boolean {
  try {
    return new WebAssembly.Module(new ModuleBuilder(false).encode()) !== undefined
  } catch {
    return false
  }
}
