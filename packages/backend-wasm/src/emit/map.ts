import { dtypes, type MapKernel } from '@sconce/backend'
import type { ModuleBuilder } from '../wasm/module.ts'
import { pack, step } from './access.ts'
import type { ArgumentLayout } from './arguments.ts'
import { Cursor } from './cursor.ts'
import type { Node } from './graph.ts'
import { type Access, laneAddress, WindowLeaves } from './leaves.ts'
import { Lowering } from './lowering.ts'
import { Nest, type Place, type Span } from './nest.ts'
import { type Quad, quadLength } from './quad.ts'
import { Region } from './region.ts'
import { Writer } from './writer.ts'

/** Groups of four elements per iteration, for a body of that many values. */
export const groupsFor = (values: number): number => (values <= 12 ? 4 : values <= 30 ? 2 : 1)

/** Nanoseconds per element of a group of so many values and calls of the host. */
export const weightOf = (values: number, calls: number): number => 0.1 + 0.025 * values + 3 * calls

/**
 * Emits a map kernel for a class of layouts. The spans are the inputs read in place, then the outputs.
 * Returns the estimated nanoseconds per element.
 */
export function emitMap(
  builder: ModuleBuilder,
  relaxed: boolean,
  kernel: MapKernel,
  layout: ArgumentLayout,
  spans: readonly Span[],
  access: Access,
): number {
  const writer = new Writer(builder, relaxed, 'run')
  const nest = new Nest(writer, layout, spans, kernel.positional)
  let weight = 0
  const enter = (loop: number, place: Place): void => {
    if (loop === nest.loops - 1) weight = innermostLoop(writer, nest, kernel, access, place)
    else nest.around(loop, place, new Region(place.region), (inside) => enter(loop + 1, inside))
  }
  enter(0, nest.entry())
  writer.finish()
  return weight
}

function innermostLoop(
  writer: Writer,
  nest: Nest,
  kernel: MapKernel,
  access: Access,
  place: Place,
): number {
  const { graph } = writer
  const at = new Cursor(writer, nest, place, kernel.positional)
  const outputs = nest.spans.length - kernel.values.length
  const valuesOf = (region: Region, group: number, count?: Node, certain?: Node[]): Quad[] => {
    const window = at.window(region, group, count)
    const leaves = new WindowLeaves(writer, nest, access, window, certain)
    const lowering = new Lowering(graph, leaves)
    return kernel.values.map((value) => lowering.quad(value))
  }
  const store = (region: Region, quads: readonly Quad[], group: number, count?: Node): void => {
    const packed = quads.map(pack)
    // All values are known before the first is stored: an output may be the same view as an input.
    if (packed.length > 1) {
      for (const { regs } of packed) for (const { node } of regs) writer.keep(node, region)
    }
    packed.forEach((p, k) => {
      const span = outputs + k
      const window = at.window(region, group, count)
      if (nest.spans[span].step === step.dense) {
        const offset = group * quadLength * dtypes[kernel.outputs[k]].size
        writer.storeDense(region, p, window.addresses[span], offset, count)
      } else {
        const lanes = [0, 1, 2, 3].map((i) => laneAddress(writer, nest, span, window, i))
        writer.storeLanes(region, p, lanes, count)
      }
    })
  }

  /** The loop over whole groups; with `certain` for the case that its conditions hold. */
  const wholeGroups = (outer: Region, groups: number, certain?: Node[]): void => {
    const body = new Region(outer)
    for (let g = 0; g < groups; g++) store(body, valuesOf(body, g, undefined, certain), g)
    at.moveOn(groups * quadLength, body)
    writer.loop(outer, body, at.atLeast(groups * quadLength))
  }

  const inside = new Region(place.region)
  const conditions: Node[] = []
  if (access.own.some((own) => own >= 0)) wholeGroups(inside, 4, conditions)
  if (conditions.length > 0) {
    const all = conditions.reduce((a, b) => graph.op('i32.and', [a, b]))
    writer.when(place.region, all, inside)
  }

  const rest = new Region(place.region)
  const before = graph.size
  const restCount = writer.get(at.left, rest)
  const restValues = valuesOf(rest, 0, restCount)
  const size = graph.size - before
  const groups = groupsFor(size)
  const strided = nest.spans.some((s) => s.step === step.strided)
  if (groups > 1 || strided) wholeGroups(place.region, groups)
  store(rest, restValues, 0, restCount)
  at.moveOn(quadLength, rest)
  writer.loop(place.region, rest, at.atLeast(1))
  return weightOf(size, graph.calls)
}
