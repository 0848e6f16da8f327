import type { DType, ReduceKernel } from '@sconce/backend'
import { dtypes } from '@sconce/backend'
import type { ModuleBuilder } from '../wasm/module.ts'
import { loadSplat, pack, step } from './access.ts'
import { masked, neutral } from './accumulator.ts'
import type { ArgumentLayout } from './arguments.ts'
import { Cursor } from './cursor.ts'
import type { Node } from './graph.ts'
import { type Access, iota, laneAddress, type Window, WindowLeaves } from './leaves.ts'
import { type Leaves, Lowering } from './lowering.ts'
import { groupsFor, weightOf } from './map.ts'
import { Nest, type Place, type Span } from './nest.ts'
import { type Quad, quadLength, splatQuad } from './quad.ts'
import { Region } from './region.ts'
import { ReductionState } from './state.ts'
import { Vec } from './vec.ts'
import { Writer } from './writer.ts'

/** What the emission of a reduce kernel goes by. */
export interface ReduceShape {
  readonly layout: ArgumentLayout
  readonly spans: readonly Span[]
  readonly access: Access
  /** Loops over kept dims. */
  readonly kept: number
  /** Whether the innermost loop runs over a kept dim. */
  readonly columns: boolean
}

/** Elements that a lane adds up in float32 before the sum goes on in double. */
const blockLength = 32

class ReduceEmitter {
  readonly writer: Writer
  readonly nest: Nest
  readonly kernel: ReduceKernel
  readonly shape: ReduceShape
  readonly indexed: boolean

  constructor(writer: Writer, kernel: ReduceKernel, shape: ReduceShape) {
    this.writer = writer
    this.kernel = kernel
    this.shape = shape
    this.nest = new Nest(writer, shape.layout, shape.spans, kernel.positional)
    this.indexed = kernel.reductions.some((r) => r.op === 'argmin' || r.op === 'argmax')
  }

  /** Nanoseconds per element. */
  weight = 0

  emit(): void {
    const { kept, columns } = this.shape
    const outer = columns ? kept - 1 : kept
    const enter = (loop: number, place: Place): void => {
      if (loop < outer) {
        this.nest.around(loop, place, new Region(place.region), (inside) => enter(loop + 1, inside))
      } else if (columns) {
        this.#columns(place)
      } else {
        this.#row(place)
      }
    }
    enter(0, this.nest.entry())
    this.writer.finish()
  }

  /** The values that are accumulated, in one window. */
  values(window: Window): Quad[] {
    const leaves = new WindowLeaves(this.writer, this.nest, this.shape.access, window)
    const lowering = new Lowering(this.writer.graph, leaves)
    return this.kernel.reductions.map((r) => lowering.quad(r.value))
  }

  /** The values, worked out once where several reductions may share what they are made of. */
  #shared(window: Window, region: Region): Quad[] {
    const values = this.values(window)
    if (values.length > 1) {
      for (const { node } of values.flatMap((v) => v.regs)) this.writer.keep(node, region)
    }
    return values
  }

  /** Groups of four elements per iteration that suit the values; found out by making them for nothing. */
  #groups(place: Place): number {
    const { graph } = this.writer
    const before = graph.size
    const region = new Region(place.region)
    const positions = this.shape.layout.sizes.map(() => graph.local(0, 'i32', region))
    this.values({ addresses: place.addresses, positions, group: 0 })
    const size = graph.size - before
    this.weight = weightOf(size, graph.calls)
    return groupsFor(size)
  }

  /** A counter of positions within the reduced dims, if one is wanted. */
  #counter(region: Region): number | undefined {
    return this.indexed ? this.writer.variable(this.writer.graph.i32(0), region) : undefined
  }

  #splat(local: number, region: Region): Vec {
    const { graph } = this.writer
    return new Vec(graph, 'i32', graph.op('i32x4.splat', [this.writer.get(local, region)]))
  }

  /** The reduced loops from `loop` on around `body`. */
  #around(loop: number, place: Place, body: (place: Place) => void): void {
    if (loop === this.nest.loops - 1) {
      body(place)
      return
    }
    this.nest.around(
      loop,
      place,
      new Region(place.region),
      (inside) => this.#around(loop + 1, inside, body),
      true,
    )
  }

  /** Collapses the innermost loop, and the reduced ones around it, at one place of the kept dims. */
  #row(place: Place): void {
    const { writer, kernel, shape } = this
    const { region } = place
    const groups = this.#groups(place)
    const states = kernel.reductions.map((r) => new ReductionState(writer, r, groups))
    for (const state of states) state.reset(region)
    const counter = this.#counter(region)
    this.#around(shape.kept, place, (inside) => this.#collapse(inside, states, groups, counter))
    const after = new Region(region)
    const accs = states.map((state) => state.result(after))
    this.#finishRow(place, after, accs)
    region.code.append(after.code)
  }

  #collapse(
    place: Place,
    states: readonly ReductionState[],
    groups: number,
    counter: number | undefined,
  ): void {
    const { writer, nest, kernel } = this
    const { graph } = writer
    const at = new Cursor(writer, nest, place, kernel.positional)
    const sums = states.some((s) => s.accumulator.total)
    const stride = groups * quadLength
    const positionOf = (body: Region, group: number) =>
      counter === undefined
        ? undefined
        : this.#splat(counter, body).add(iota(this.#splat(counter, body), group * quadLength))

    const body = new Region(sums ? new Region(place.region) : place.region)
    for (let g = 0; g < groups; g++) {
      const values = this.#shared(at.window(body, g), body)
      states.forEach((state, k) => {
        state.update(
          body,
          g,
          values[k],
          state.accumulator.indexed ? positionOf(body, g) : undefined,
        )
      })
    }
    at.moveOn(stride, body)
    if (counter !== undefined) writer.advance(counter, stride, body)
    if (sums) this.#blocks(place, body, at, stride, states)
    else writer.loop(place.region, body, at.atLeast(stride))

    const rest = new Region(place.region)
    const count = writer.get(at.left, rest)
    const lanes = Vec.splat(graph, 'i32', 0)
    const left = new Vec(graph, 'i32', graph.op('i32x4.splat', [count]))
    const exists = iota(lanes, 0).lt(left)
    this.#shared(at.window(rest, 0, count), rest).forEach((value, k) => {
      const { reduction, accumulator } = states[k]
      const safe = masked(value, exists, neutral(graph, reduction))
      states[k].update(rest, 0, safe, accumulator.indexed ? positionOf(rest, 0) : undefined)
    })
    if (counter !== undefined) {
      // Never beyond the end of the row, where the next one starts.
      const four = graph.i32(quadLength)
      const less = graph.op('i32.lt_s', [count, four])
      writer.advance(counter, graph.select(less, count, four), rest)
    }
    at.moveOn(quadLength, rest)
    writer.loop(place.region, rest, at.atLeast(1))
    if (sums) {
      const flushed = new Region(place.region)
      for (const state of states) state.flush(flushed)
      place.region.code.append(flushed.code)
    }
  }

  /** The loop over `body` in blocks, after each of which the sums are emptied into their totals. */
  #blocks(
    place: Place,
    body: Region,
    at: Cursor,
    stride: number,
    states: readonly ReductionState[],
  ): void {
    const { writer } = this
    const { graph } = writer
    const block = new Region(place.region)
    const rounds = writer.variable(graph.i32(blockLength), block)
    writer.advance(rounds, -1, body)
    writer.repeat(block, body, (r) => {
      const more = at.atLeast(stride)(r)
      return graph.op('i32.and', [
        more,
        graph.op('i32.gt_s', [writer.get(rounds, r), graph.i32(0)]),
      ])
    })
    const flushed = new Region(block)
    for (const state of states) state.flush(flushed)
    block.code.append(flushed.code)
    writer.loop(place.region, block, at.atLeast(stride))
  }

  /** Works the epilogue out for one element and stores it. */
  #finishRow(place: Place, region: Region, accs: readonly Quad[]): void {
    const { writer, nest, kernel, shape } = this
    const { graph } = writer
    const window: Window = { addresses: place.addresses, positions: place.positions, group: 0 }
    const leaves = new WindowLeaves(writer, nest, shape.access, window)
    const epilogue: Leaves = {
      input: (i: number, dtype: DType) =>
        loadSplat(graph, dtype, place.addresses[shape.access.span[i]]),
      scalar: (i, dtype) => leaves.scalar(i, dtype),
      index: (d) => this.#keptIndex(d, place.positions),
      load: (i, dtype, coordinates) => leaves.load(i, dtype, coordinates),
      acc: (k) => accs[k],
    }
    const lowering = new Lowering(graph, epilogue)
    const packed = kernel.values.map((value) => pack(lowering.quad(value)))
    for (const { regs } of packed) for (const { node } of regs) writer.keep(node, region)
    const outputs = nest.spans.length - kernel.values.length
    packed.forEach((p, k) => {
      writer.storeLanes(region, p, [place.addresses[outputs + k]])
    })
  }

  /** The position along a kept dim; the reduced dims stand at 0. */
  #keptIndex(d: number, positions: readonly Node[]): Quad {
    const { graph } = this.writer
    const loop = this.shape.access.loopOf[d]
    if (loop < 0 || loop >= this.shape.kept || loop >= positions.length) {
      return splatQuad(graph, 'int32', 0)
    }
    const splat = graph.op('i32x4.splat', [positions[loop]])
    return { dtype: 'int32', regs: [new Vec(graph, 'i32', splat)] }
  }

  /**
   * Accumulates neighbours along a kept dim together, walking memory in its order: first as many at a time as
   * make it worthwhile to go to the next row, then fewer.
   */
  #columns(place: Place): void {
    const { writer, nest } = this
    const groups = this.#groups(place)
    const at = new Cursor(writer, nest, place, this.kernel.positional)
    for (const width of groups > 1 ? [4 * groups, groups] : []) {
      const body = new Region(place.region)
      this.#column(at, body, width)
      at.moveOn(width * quadLength, body)
      writer.loop(place.region, body, at.atLeast(width * quadLength))
    }
    const rest = new Region(place.region)
    this.#column(at, rest, 1, writer.get(at.left, rest))
    at.moveOn(quadLength, rest)
    writer.loop(place.region, rest, at.atLeast(1))
  }

  #column(at: Cursor, region: Region, groups: number, count?: Node): void {
    const { writer, kernel, shape } = this
    const { graph } = writer
    const states = Array.from({ length: groups }, () =>
      kernel.reductions.map((r) => new ReductionState(writer, r, 1)),
    )
    for (const state of states.flat()) state.reset(region)
    const sums = states[0].some((s) => s.accumulator.total)
    const counter = this.indexed || sums ? writer.variable(graph.i32(0), region) : undefined
    const positions = at.positions(region)
    const inner = positions.at(-1)
    const outer = shape.kept - 1
    const place: Place = {
      region,
      addresses: at.addresses(region),
      positions: positions.slice(0, outer),
    }
    const windowOf = (inside: Place, group: number): Window => {
      const all = [...inside.positions]
      if (inner !== undefined) all[this.nest.loops - 1] = inner
      const window = { addresses: inside.addresses, positions: all, group }
      return count === undefined ? window : { ...window, count }
    }
    this.#around(outer, place, (inside) => {
      const body = inside.region
      states.forEach((group, g) => {
        const values = this.#shared(windowOf(inside, g), body)
        group.forEach((state, k) => {
          const position =
            state.accumulator.indexed && counter !== undefined
              ? this.#splat(counter, body)
              : undefined
          state.update(body, 0, values[k], position)
        })
      })
      if (counter === undefined) return
      writer.advance(counter, 1, body)
      if (sums) this.#flushEvery(body, counter, states.flat())
    })
    const after = new Region(region)
    states.forEach((group, g) => {
      const accs = group.map((state) => state.separate(after))
      this.#finishColumn(after, windowOf(place, g), accs)
    })
    region.code.append(after.code)
  }

  #flushEvery(region: Region, counter: number, states: readonly ReductionState[]): void {
    const { writer } = this
    const { graph } = writer
    const after = new Region(region)
    const flushed = new Region(after)
    for (const state of states) state.flush(flushed)
    const rest = graph.op('i32.and', [writer.get(counter, after), graph.i32(2 * blockLength - 1)])
    writer.when(after, graph.op('i32.eqz', [rest]), flushed)
    region.code.append(after.code)
  }

  /** Works the epilogue out for four elements and stores them. */
  #finishColumn(region: Region, window: Window, accs: readonly Quad[]): void {
    const { writer, nest, kernel, shape } = this
    const leaves = new WindowLeaves(writer, nest, shape.access, window)
    const { loopOf } = shape.access
    const epilogue: Leaves = {
      input: (i, dtype) => leaves.input(i, dtype),
      scalar: (i, dtype) => leaves.scalar(i, dtype),
      index: (d) => {
        const loop = loopOf[d]
        const isKept = loop >= 0 && (loop < shape.kept - 1 || loop === nest.loops - 1)
        return isKept ? leaves.index(d) : splatQuad(writer.graph, 'int32', 0)
      },
      load: (i, dtype, coordinates) => leaves.load(i, dtype, coordinates),
      acc: (k) => accs[k],
    }
    const lowering = new Lowering(writer.graph, epilogue)
    const packed = kernel.values.map((value) => pack(lowering.quad(value)))
    for (const { regs } of packed) for (const { node } of regs) writer.keep(node, region)
    const outputs = nest.spans.length - kernel.values.length
    packed.forEach((p, k) => {
      const span = outputs + k
      if (nest.spans[span].step === step.dense) {
        const offset = window.group * quadLength * dtypes[kernel.outputs[k]].size
        writer.storeDense(region, p, window.addresses[span], offset, window.count)
      } else {
        const lanes = [0, 1, 2, 3].map((i) => laneAddress(writer, nest, span, window, i))
        writer.storeLanes(region, p, lanes, window.count)
      }
    })
  }
}

/** Emits a reduce kernel for a class of layouts; returns the estimated nanoseconds per element. */
export function emitReduce(
  builder: ModuleBuilder,
  relaxed: boolean,
  kernel: ReduceKernel,
  shape: ReduceShape,
): number {
  const emitter = new ReduceEmitter(new Writer(builder, relaxed, 'run'), kernel, shape)
  emitter.emit()
  return emitter.weight
}
