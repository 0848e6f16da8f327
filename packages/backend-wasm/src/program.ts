import type { MapKernel, ReduceKernel, ScatterKernel } from '@sconce/backend'
import type { Arrangement } from './arrangement.ts'
import type { Step } from './emit/access.ts'
import { ArgumentLayout } from './emit/arguments.ts'
import type { Access } from './emit/leaves.ts'
import { emitMap } from './emit/map.ts'
import type { Span } from './emit/nest.ts'
import { emitReduce } from './emit/reduce.ts'
import { emitScatter } from './emit/scatter.ts'
import { mathImports } from './math/host.ts'
import type { Block } from './memory/allocator.ts'
import type { Operands } from './operands.ts'
import { ModuleBuilder } from './wasm/module.ts'

/** A kernel of a kind that the emitter knows. */
export type Emitted = MapKernel | ReduceKernel | ScatterKernel

/** An entry: the argument block, the part of the split loop, scratch memory. */
export type Entry = (args: number, begin: number, end: number, scratch: number) => void

/** A kernel compiled for a class of layouts. */
export interface Program {
  readonly id: number
  readonly layout: ArgumentLayout
  readonly entry: Entry
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Nanoseconds that an element takes, roughly. */
  readonly weight: number
  /** Where the binary is in memory, once other threads have had to find it. */
  block: Block | undefined
}

let programs = 0

/** How compiled code reaches memory, and what it may use. */
export interface Target {
  readonly memory: WebAssembly.Memory
  readonly relaxed: boolean
  readonly shared: boolean
}

/** A class of layouts of a kernel. */
export interface LayoutClass {
  readonly loops: number
  readonly steps: readonly Step[]
  readonly kept: number
  readonly columns: boolean
  readonly loopOf: readonly number[]
  readonly unit: readonly number[]
}

/** The class of what is arranged now. */
export const classOf = (
  arrangement: Arrangement,
  operands: Operands,
  rank: number,
  unit: readonly number[],
): LayoutClass => ({
  loops: arrangement.loops,
  steps: operands.spans.map((_, k) => arrangement.stepOf(k)),
  kept: arrangement.kept,
  columns: arrangement.columns,
  loopOf: arrangement.loopOf(rank),
  unit: [...unit],
})

/** The binary of a kernel for a class of layouts. */
function emit(
  kernel: Emitted,
  operands: Operands,
  layouts: LayoutClass,
  layout: ArgumentLayout,
  { relaxed, shared }: Target,
): { bytes: Uint8Array<ArrayBuffer>; weight: number } {
  const builder = new ModuleBuilder(shared)
  const all = [...kernel.inputs, ...kernel.outputs]
  const spans = operands.spans.map((i, k): Span => ({ dtype: all[i], step: layouts.steps[k] }))
  const { span, own } = operands
  const { loopOf, unit } = layouts
  const access: Access = { span, own, loopOf, unit }
  const { kept, columns } = layouts
  const weight =
    kernel.kind === 'map'
      ? emitMap(builder, relaxed, kernel, layout, spans, access)
      : kernel.kind === 'reduce'
        ? emitReduce(builder, relaxed, kernel, { layout, spans, access, kept, columns })
        : emitScatter(builder, relaxed, kernel, layout, spans, access)
  return { bytes: builder.encode(), weight }
}

/** Links the binary of a program with a memory. */
function instantiate(bytes: Uint8Array<ArrayBuffer>, memory: WebAssembly.Memory): Entry {
  const module = new WebAssembly.Module(bytes)
  const { exports } = new WebAssembly.Instance(module, { env: { ...mathImports, memory } })
  // Every emitted module exports one function, `run`, of this signature.
  return exports.run as Entry
}

/** Compiles a kernel for a class of layouts. */
export function compile(
  kernel: Emitted,
  operands: Operands,
  layouts: LayoutClass,
  target: Target,
): Program {
  const { spans, ranks } = operands
  const layout = new ArgumentLayout(layouts.loops, spans.length, ranks, kernel.scalars)
  const { bytes, weight } = emit(kernel, operands, layouts, layout, target)
  const entry = instantiate(bytes, target.memory)
  return { id: programs++, layout, entry, bytes, weight, block: undefined }
}
