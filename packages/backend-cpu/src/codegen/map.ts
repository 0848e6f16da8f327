import type { MapKernel } from '@sconce/backend'
import { accessOf, type Plan } from '../plan.ts'
import { Emitter } from './emit.ts'
import { loops } from './loops.ts'
import { Nest, store } from './nest.ts'

/** JS of a map kernel for a class of layouts. */
export function mapSource(kernel: MapKernel, plan: Plan): string[] {
  const { spans } = accessOf(kernel, kernel.values)
  const nest = new Nest(kernel, plan, spans)
  const emitter = new Emitter(nest.rank + 1, nest, kernel.values, 'v')
  const values = kernel.values.map((value) => emitter.emit(value, nest.rank))
  // All loads come before all stores, since an output may be the same view as an input.
  const single = values.length === 1
  const names = values.map((js) => (single ? js : emitter.bind(js, nest.rank)))
  const body = names.map((js, k) => store(`y${k}`, nest.address(`y${k}`), kernel.outputs[k], js))
  const tiled = nest.rank >= 2 && plan.steps.includes(2)
  return [...nest.declarations('outputs[0].shape'), ...loops(nest, emitter.scopes, body, tiled)]
}
