import type { Engine } from '../engine.ts'
import { mapProgram } from './map.ts'
import { reduceProgram } from './reduce.ts'
import { scatterProgram } from './scatter.ts'

/** Interprets kernels: for pages that forbid generated code. */
export const closures: Engine = {
  name: 'closures',
  map: mapProgram,
  reduce: reduceProgram,
  scatter: scatterProgram,
}
