import type { ScatterKernel } from '@sconce/backend'
import { combination } from '../combine.ts'
import { accessOf, type Plan } from '../plan.ts'
import { Emitter } from './emit.ts'
import { loops } from './loops.ts'
import { Nest, readCode, store } from './nest.ts'

/** JS of a scatter kernel: one loop over the shape of the first input, in row-major order. */
export function scatterSource(kernel: ScatterKernel, plan: Plan): string[] {
  const roots = [...kernel.at, kernel.value]
  const nest = new Nest(kernel, plan, accessOf(kernel, roots).spans, false)
  const emitter = new Emitter(nest.rank + 1, nest, roots, 'v')
  const { rank } = nest
  const [dtype] = kernel.outputs
  const at = kernel.at.map((c) => emitter.bind(emitter.emit(c, rank), rank))
  const value = emitter.bind(emitter.emit(kernel.value, rank), rank)
  const inside = at.map((c, d) => `${c} >= 0 && ${c} < m${d}`).join(' && ') || 'true'
  const place = ['t', ...at.map((c, d) => `${c} * t${d}`)].join(' + ')
  const result = combination(kernel)
  const combiner = new Emitter(
    1,
    {
      input: (i, type) => nest.input(i, type),
      index: (d) => nest.index(d),
      load: (i, type, coordinates) => nest.load(i, type, coordinates),
      acc: (k) => ({ js: k === 0 ? readCode('y0', 'at', dtype) : value, depth: 0 }),
    },
    [result],
    'c',
  )
  const combined = combiner.emit(result, 0)
  return [
    ...nest.declarations('inputs[0].shape'),
    'const t = outputs[0].offset',
    ...at.map((_, d) => `const t${d} = outputs[0].strides[${d}], m${d} = outputs[0].shape[${d}]`),
    ...loops(nest, emitter.scopes, [
      `if (${inside}) {`,
      `const at = ${place}`,
      ...combiner.scopes[0],
      store('y0', 'at', dtype, combined),
      '}',
    ]),
  ]
}
