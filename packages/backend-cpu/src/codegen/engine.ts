import type { Engine, Program } from '../engine.ts'
import { accumulators } from '../reduction.ts'
import { mapSource } from './map.ts'
import { helpers } from './ops.ts'
import { reduceSource } from './reduce.ts'
import { scatterSource } from './scatter.ts'

const functions: Readonly<Record<string, unknown>> = { ...helpers, accumulators }

/** Compiles a function body; the helpers that it names become local constants. */
function compile(body: readonly string[], constants: readonly string[] = []): Program {
  const program = ['return (inputs, outputs, scalars) => {', ...body, '}']
  const code = [...constants, ...program].join('\n')
  const names = new Set(code.match(/[A-Za-z_$][\w$]*/g))
  const used = [...names].filter((name) => Object.hasOwn(functions, name))
  const source = `'use strict'\nconst { ${used.join(', ')} } = helpers\n${code}`
  // The type of what generated code returns is known by how it was generated, and to nobody else.
  return new Function('helpers', source)(functions) as Program
}

/** Whether generated JS may be run here: a Content-Security-Policy can forbid it. */
export function canGenerate(): boolean {
  try {
    return new Function('return true')() === true
  } catch {
    return false
  }
}

/** Turns kernels into JS, which the JS engine turns into machine code. */
export const codegen: Engine = {
  name: 'codegen',
  map: (kernel, plan) => compile(mapSource(kernel, plan)),
  reduce(kernel, plan) {
    const { constants, body } = reduceSource(kernel, plan)
    return compile(body, constants)
  },
  scatter: (kernel, plan) => compile(scatterSource(kernel, plan)),
}
