import type { MapKernel, Operand, ReduceKernel, ScatterKernel } from '@sconce/backend'
import type { Plan } from './plan.ts'

/** A kernel compiled for one class of layouts; sizes, strides, offsets and scalars come at run time. */
export type Program = (
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
) => void

/** How expressions are made to run. Both engines give the same bits. */
export interface Engine {
  readonly name: 'codegen' | 'closures'
  map(kernel: MapKernel, plan: Plan): Program
  reduce(kernel: ReduceKernel, plan: Plan): Program
  scatter(kernel: ScatterKernel, plan: Plan): Program
}
