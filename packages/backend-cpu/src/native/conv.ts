import {
  type ConvKernel,
  contiguousStrides,
  elementCount,
  input,
  kernels,
  type Operand,
  type TypedArray,
} from '@sconce/backend'
import type { Program } from '../engine.ts'
import type { Side, Target } from '../gemm/arithmetic.ts'
import { clear, type Multiplier, Offsets, withMultiplier } from '../gemm/multiply.ts'
import { type CpuBuffer, dataOf } from '../memory.ts'
import { epilogueKernel } from './epilogue.ts'
import { mapStep, plain, type Tools, withScratch } from './tools.ts'

/**
 * A convolution as matrix products whose operands are read through tables of positions: image to
 * columns, but without the columns. An image is first copied within its padding, so that no position
 * is outside; the gradient of an image is likewise summed up within its padding.
 */
export const convProgram = (kernel: ConvKernel, tools: Tools): Program =>
  withMultiplier(kernel.dtype, (multiplier) => program(kernel, tools, multiplier))

/** One image of an operand of [n, …]. */
const image = (o: Operand, n: number): Operand => ({
  ...o,
  shape: o.shape.slice(1),
  strides: o.strides.slice(1),
  offset: o.offset + n * o.strides[0],
})

/** Tables that all convolutions share: they are filled anew for each call. */
const tables = Array.from({ length: 8 }, () => new Offsets())

/** The geometry of one call, whatever its mode: x [n, channels, …], w [outputs, inputs, …], y. */
class Geometry {
  readonly images: number
  readonly groups: number
  /** Channels of x, and of y, in one group. */
  readonly inputs: number
  readonly outputs: number
  /** Elements of w that meet in one element of y. */
  readonly taps: number
  /** Elements of y in one channel. */
  readonly places: number
  readonly #x: Operand
  readonly #padding: readonly number[]
  /** One image of x within its padding: [channels, …]. */
  readonly #padded: readonly number[]
  readonly #steps: readonly number[]

  /** Where the places are in y, and in x; the taps in w, and in x; the channels in y, and in w. */
  readonly placesOfY: Int32Array
  readonly placesOfX: Int32Array
  readonly tapsOfW: Int32Array
  readonly tapsOfX: Int32Array
  readonly channelsOfY: Int32Array
  readonly channelsOfW: Int32Array

  constructor(
    { groups, stride, padding, dilation }: ConvKernel,
    x: Operand,
    w: Operand,
    y: Operand,
  ) {
    const window = w.shape.slice(1)
    const places = y.shape.slice(2)
    this.images = x.shape[0]
    this.groups = groups
    this.inputs = w.shape[1]
    this.outputs = w.shape[0] / groups
    this.taps = elementCount(window)
    this.places = elementCount(places)
    this.#x = x
    this.#padding = padding
    this.#padded = x.shape.slice(1).map((size, d) => (d === 0 ? size : size + 2 * padding[d - 1]))
    this.#steps = contiguousStrides(this.#padded)
    const scaled = (by: readonly number[]) => by.map((factor, d) => factor * this.#steps[d + 1])
    this.placesOfY = tables[0].grid(places, y.strides.slice(2))
    this.placesOfX = tables[1].grid(places, scaled(stride))
    this.tapsOfW = tables[2].grid(window, w.strides.slice(1))
    this.tapsOfX = tables[3].grid(window, [this.#steps[0], ...scaled(dilation)])
    this.channelsOfY = tables[4].linear(this.outputs, y.strides[1])
    this.channelsOfW = tables[5].linear(this.outputs, w.strides[0])
  }

  /** Elements of an image within its padding. */
  get paddedLength(): number {
    return elementCount(this.#padded)
  }

  /** Where a group begins in an image within its padding. */
  start(group: number): number {
    return group * this.inputs * this.#steps[0]
  }

  /** An image without its padding, as a view of the array that holds it with it. */
  interior(buffer: CpuBuffer): Operand {
    let offset = 0
    this.#padding.forEach((by, d) => {
      offset += by * this.#steps[d + 1]
    })
    const shape = this.#x.shape.slice(1)
    return { buffer, dtype: buffer.dtype, shape, strides: this.#steps, offset }
  }
}

function program<T extends TypedArray>(
  kernel: ConvKernel,
  tools: Tools,
  multiplier: Multiplier<T>,
): Program {
  const { arithmetic } = multiplier
  const sums = arithmetic.dtype
  const copy = mapStep(tools, kernels.map([input(0, kernel.dtype).cast(sums)]))
  const epilogue = mapStep(tools, epilogueKernel(kernel, sums))

  /** Adds a product to `target`. */
  const multiply = (a: Side, b: Side, m: number, n: number, k: number, target: Target<T>) =>
    multiplier.run(a, b, m, n, k, (c, row, rows, column, columns, ld) => {
      target.row = row
      target.column = column
      arithmetic.add(c, rows, columns, ld, target)
    })
  const side = (o: Operand, base: number, outer: Int32Array, inner: Int32Array): Side => ({
    data: dataOf(o.buffer),
    base: o.offset + base,
    outer,
    inner,
  })
  const target = (data: T, base: number, outer: Int32Array, inner: Int32Array): Target<T> => ({
    ...{ data, base, outer, inner },
    row: 0,
    column: 0,
  })

  const forward: Program = ([x, w, ...further], [y], scalars) => {
    const g = new Geometry(kernel, x, w, y)
    const wanted = [
      [sums, g.paddedLength],
      [sums, g.groups * g.outputs * g.places],
    ] as const
    withScratch(tools, wanted, (padded, result) => {
      const [from, into] = [arithmetic.of(padded.data), arithmetic.of(result.data)]
      const rows = tables[6].linear(g.outputs, g.places)
      const columns = tables[7].linear(g.places, 1)
      clear(from, from.length)
      for (let n = 0; n < g.images; n++) {
        copy([image(x, n)], [g.interior(padded)], [])
        clear(into, into.length)
        for (let k = 0; k < g.groups; k++) {
          const weights = side(w, k * g.outputs * w.strides[0], g.channelsOfW, g.tapsOfW)
          const patches = { data: from, base: g.start(k), outer: g.placesOfX, inner: g.tapsOfX }
          const to = target(into, k * g.outputs * g.places, rows, columns)
          multiply(weights, patches, g.outputs, g.places, g.taps, to)
        }
        const product = plain(result, y.shape.slice(1))
        epilogue([...further.map((f) => image(f, n)), product], [image(y, n)], scalars)
      }
    })
  }

  const inputGradient: Program = ([gy, w, ...further], [gx], scalars) => {
    const g = new Geometry(kernel, gx, w, gy)
    withScratch(tools, [[sums, g.paddedLength]], (padded) => {
      const into = arithmetic.of(padded.data)
      for (let n = 0; n < g.images; n++) {
        clear(into, into.length)
        for (let k = 0; k < g.groups; k++) {
          const weights = side(w, k * g.outputs * w.strides[0], g.tapsOfW, g.channelsOfW)
          const base = n * gy.strides[0] + k * g.outputs * gy.strides[1]
          const gradients = side(gy, base, g.placesOfY, g.channelsOfY)
          const to = target(into, g.start(k), g.tapsOfX, g.placesOfX)
          multiply(weights, gradients, g.taps, g.places, g.outputs, to)
        }
        const product = g.interior(padded)
        epilogue([...further.map((f) => image(f, n)), product], [image(gx, n)], scalars)
      }
    })
  }

  const weightGradient: Program = ([x, gy, ...further], [gw], scalars) => {
    const g = new Geometry(kernel, x, gw, gy)
    const wanted = [
      [sums, g.paddedLength],
      [sums, g.groups * g.outputs * g.taps],
    ] as const
    withScratch(tools, wanted, (padded, result) => {
      const [from, into] = [arithmetic.of(padded.data), arithmetic.of(result.data)]
      const rows = tables[6].linear(g.outputs, g.taps)
      const columns = tables[7].linear(g.taps, 1)
      clear(from, from.length)
      clear(into, into.length)
      for (let n = 0; n < g.images; n++) {
        copy([image(x, n)], [g.interior(padded)], [])
        for (let k = 0; k < g.groups; k++) {
          const base = n * gy.strides[0] + k * g.outputs * gy.strides[1]
          const gradients = side(gy, base, g.channelsOfY, g.placesOfY)
          const patches = { data: from, base: g.start(k), outer: g.tapsOfX, inner: g.placesOfX }
          const to = target(into, k * g.outputs * g.taps, rows, columns)
          multiply(gradients, patches, g.outputs, g.taps, g.places, to)
        }
      }
      epilogue([...further, plain(result, gw.shape)], [gw], scalars)
    })
  }

  return { forward, inputGradient, weightGradient }[kernel.mode]
}
