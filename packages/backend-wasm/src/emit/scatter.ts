import { acc, binary, dtypes, type Expr, type ScatterKernel } from '@sconce/backend'
import type { ModuleBuilder } from '../wasm/module.ts'
import { loadSplat, pack } from './access.ts'
import type { ArgumentLayout } from './arguments.ts'
import { Cursor } from './cursor.ts'
import { type Access, iota, WindowLeaves } from './leaves.ts'
import { locate } from './loads.ts'
import { Lowering } from './lowering.ts'
import { weightOf } from './map.ts'
import { Nest, type Place, type Span } from './nest.ts'
import { quadLength } from './quad.ts'
import { Region } from './region.ts'
import { Vec } from './vec.ts'
import { Writer } from './writer.ts'

/** What is stored, as an expression of the old element `acc(0)` and the new value `acc(1)`. */
function combination({ combine, value, outputs: [target] }: ScatterKernel): Expr {
  const fresh = acc(1, value.dtype)
  if (combine === 'assign') return fresh.cast(target)
  const { compute } = dtypes[target]
  const [a, b] = [acc(0, target).cast(compute), fresh.cast(compute)]
  if (compute === 'bool') return combine === 'add' || combine === 'max' ? a.or(b) : a.and(b)
  return binary(combine, a, b).cast(target)
}

/**
 * Emits a scatter kernel: values and coordinates four at a time, the writes one by one in row-major
 * order. The target is the last operand with dims of its own. Returns the nanoseconds per element, roughly.
 */
export function emitScatter(
  builder: ModuleBuilder,
  relaxed: boolean,
  kernel: ScatterKernel,
  layout: ArgumentLayout,
  spans: readonly Span[],
  access: Access,
): number {
  const writer = new Writer(builder, relaxed, 'run')
  const nest = new Nest(writer, layout, spans, kernel.positional)
  const enter = (loop: number, place: Place): void => {
    if (loop === nest.loops - 1) scatterRow(writer, nest, kernel, access, place)
    else nest.around(loop, place, new Region(place.region), (inside) => enter(loop + 1, inside))
  }
  enter(0, nest.entry())
  writer.finish()
  return weightOf(writer.graph.size, writer.graph.calls)
}

function scatterRow(
  writer: Writer,
  nest: Nest,
  kernel: ScatterKernel,
  access: Access,
  place: Place,
): void {
  const { graph } = writer
  const [target] = kernel.outputs
  const at = new Cursor(writer, nest, place, kernel.positional)
  const body = new Region(place.region)
  const count = writer.get(at.left, body)
  const leaves = new WindowLeaves(writer, nest, access, at.window(body, 0, count))
  const lowering = new Lowering(graph, leaves)
  const value = lowering.quad(kernel.value)
  const coordinates = kernel.at.map((c) => lowering.quad(c).regs[0])
  const words = nest.layout.own[nest.layout.own.length - 1]
  const { addresses, inside } = locate(writer, words, coordinates)
  const left = new Vec(graph, 'i32', graph.op('i32x4.splat', [count]))
  const exists = iota(left, 0).lt(left)
  const wanted = inside ? inside.and(exists) : exists
  const bits = graph.op('i32x4.bitmask', [wanted.node])
  for (const { node } of value.regs) writer.keep(node, body)
  const result = combination(kernel)
  for (let i = 0; i < quadLength; i++) {
    const inner = new Region(body)
    // A variable, so that the old element is read after the writes before this one.
    const address = writer.get(writer.variable(addresses.extract(i), inner), inner)
    const combiner = new Lowering(graph, {
      ...{ input: missing, scalar: missing, index: missing, load: missing },
      acc: (k) => (k === 1 ? value : loadSplat(graph, target, address)),
    })
    const packed = pack(combiner.quad(result))
    writer.storeElement(inner, packed, i, address)
    const bit = graph.op('i32.and', [bits, graph.i32(1 << i)])
    writer.when(body, bit, inner)
  }
  at.moveOn(quadLength, body)
  writer.repeat(place.region, body, at.atLeast(1))
}

const missing = (): never => {
  throw new Error('a combination reads only the old and the new element')
}
