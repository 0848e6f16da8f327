import type { DType } from '@sconce/backend'
import { dtypes } from '@sconce/backend'
import { type Step, step } from './access.ts'
import type { ArgumentLayout, OperandWords } from './arguments.ts'
import type { Node } from './graph.ts'
import type { Region } from './region.ts'
import type { Writer } from './writer.ts'

/** An operand that spans the loops. */
export interface Span {
  readonly dtype: DType
  /** How the innermost loop walks it. */
  readonly step: Step
}

/** Where the operands stand, and the positions, in one region of the nest. */
export interface Place {
  readonly region: Region
  /** Addresses of the spans. */
  readonly addresses: readonly Node[]
  /** Positions in the loops entered so far. */
  readonly positions: readonly Node[]
}

/** The loops around the innermost one, which depends on the kind of kernel. */
export class Nest {
  readonly #writer: Writer
  readonly layout: ArgumentLayout
  readonly spans: readonly Span[]
  readonly loops: number
  readonly #indexed: boolean

  /** `indexed`: whether positions are wanted. */
  constructor(writer: Writer, layout: ArgumentLayout, spans: readonly Span[], indexed: boolean) {
    this.#writer = writer
    this.layout = layout
    this.spans = spans
    this.loops = layout.sizes.length
    this.#indexed = indexed
  }

  #isSplit(loop: number): Node {
    const { graph } = this.#writer
    return graph.op('i32.eq', [this.#writer.argument(this.layout.splitLoop), graph.i32(loop)])
  }

  /** Iterations of a loop: the part given to this call if it is the one that is split. */
  size(loop: number): Node {
    const { graph, begin, end } = this.#writer
    const part = graph.op('i32.sub', [end, begin])
    if (this.loops === 1) return part
    return graph.select(this.#isSplit(loop), part, this.#writer.argument(this.layout.sizes[loop]))
  }

  /** Position of the first iteration of a loop. */
  start(loop: number): Node {
    const { graph, begin } = this.#writer
    if (this.loops === 1) return begin
    return graph.select(this.#isSplit(loop), begin, graph.i32(0))
  }

  /** Behind the position of the last iteration of the innermost loop. */
  end(): Node {
    const { graph } = this.#writer
    const inner = this.loops - 1
    return graph.op('i32.add', [this.start(inner), this.size(inner)])
  }

  words(span: number): OperandWords {
    return this.layout.spans[span]
  }

  /** Bytes by which `count` iterations of the innermost loop move an operand. */
  distance(span: number, count: number): Node {
    const { graph } = this.#writer
    const { dtype, step: kind } = this.spans[span]
    if (kind === step.dense) return graph.i32(dtypes[dtype].size * count)
    if (kind === step.still) return graph.i32(0)
    const stride = this.#writer.argument(this.words(span).strides[this.loops - 1])
    return this.#writer.scale(stride, count)
  }

  /** The start of the function. */
  entry(): Place {
    const writer = this.#writer
    const { graph, begin } = writer
    const addresses = this.spans.map((span, k) => {
      const words = this.words(k)
      const pointer = writer.argument(words.pointer)
      if (this.loops === 1 && span.step === step.still) return pointer
      const stride = this.loops === 1 ? this.distance(k, 1) : writer.argument(words.split)
      return writer.add(pointer, graph.op('i32.mul', [begin, stride]))
    })
    return { region: writer.root, addresses, positions: [] }
  }

  /**
   * A loop of the nest around `body`, which is given the place inside. `inner` is a new region in that of
   * `place`; `mayBeEmpty` says that the loop can have no iterations.
   */
  around(
    loop: number,
    place: Place,
    inner: Region,
    body: (place: Place) => void,
    mayBeEmpty = false,
  ): void {
    const writer = this.#writer
    const { graph } = writer
    const { region } = place
    const left = writer.variable(this.size(loop), region)
    const locals = place.addresses.map((address) => writer.variable(address, region))
    const position = this.#indexed ? writer.variable(this.start(loop), region) : undefined
    body({
      region: inner,
      addresses: locals.map((local) => writer.get(local, inner)),
      positions: position === undefined ? [] : [...place.positions, writer.get(position, inner)],
    })
    locals.forEach((local, k) => {
      writer.advance(local, writer.argument(this.words(k).strides[loop]), inner)
    })
    if (position !== undefined) writer.advance(position, 1, inner)
    writer.advance(left, -1, inner)
    const more = (r: Region) => graph.op('i32.gt_s', [writer.get(left, r), graph.i32(0)])
    if (mayBeEmpty) writer.loop(region, inner, more)
    else writer.repeat(region, inner, more)
  }
}
