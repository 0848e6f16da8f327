import { type ConvKernel, type Expr, index, load, type Operand } from '@sconce/backend'
import type { Engine } from '../engine.ts'
import type { Factor } from './panels.ts'
import { isUnit } from './plan.ts'
import type { Places } from './products.ts'
import { bufferOf } from './writes.ts'

/** A convolution as a product of matrices, one batch for each group of channels. */
export interface ConvProduct {
  readonly groups: number
  readonly left: Factor
  readonly right: Factor
  readonly places: Places
}

const range = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + i)

/** An operand seen with its channels divided into groups: dim `d` becomes two. */
function grouped(o: Operand, d: number, groups: number): Operand {
  const inner = o.shape[d] / groups
  const shape = [...o.shape.slice(0, d), groups, inner, ...o.shape.slice(d + 1)]
  const strides = [
    ...o.strides.slice(0, d),
    inner * o.strides[d],
    o.strides[d],
    ...o.strides.slice(d + 1),
  ]
  return { ...o, shape, strides }
}

/** An operand with its dims in another order. */
const permuted = (o: Operand, dims: readonly number[]): Operand => ({
  ...o,
  shape: dims.map((d) => o.shape[d]),
  strides: dims.map((d) => o.strides[d]),
})

/** A factor that is loaded at computed coordinates. */
function loading(
  engine: Engine,
  o: Operand,
  coordinates: readonly Expr[],
  roles: Pick<Factor, 'shape' | 'batchDims' | 'depthDims' | 'columnDims' | 'dense'>,
): Factor {
  return {
    ...roles,
    value: load(0, 'float32', coordinates),
    inputs: [o],
    textures: [engine.contents(bufferOf(o))],
    lanes: 'columns',
    classes: isUnit(o) ? 'u' : 'v',
  }
}

/** A factor that is an operand as it lies, its dims in the order batch, depth, columns. */
function lying(engine: Engine, o: Operand, batch: number, depth: number, dense: boolean): Factor {
  const rank = o.shape.length
  return loading(
    engine,
    o,
    range(0, rank).map((d) => index(d)),
    {
      shape: o.shape,
      batchDims: range(0, batch),
      depthDims: range(batch, depth),
      columnDims: range(batch + depth, rank - batch - depth),
      dense,
    },
  )
}

/** Places of the output of a forward pass or of an input gradient: [n, channels, ...space]. */
const spacePlaces = (rank: number, channels: number): Places => ({
  batchDims: [],
  rowDim: 1,
  groupRows: channels,
  columnDims: [0, ...range(2, rank)],
  dense: false,
})

/** y = w · x̃: depth is channels and taps, columns are images and places. */
function forward(
  engine: Engine,
  kernel: ConvKernel,
  x: Operand,
  w: Operand,
  out: Operand,
): ConvProduct {
  const { groups, stride, padding, dilation } = kernel
  const rank = stride.length
  const [perIn, perOut] = [w.shape[1], w.shape[0] / groups]
  // [g, ci, ...tap, n, ...place]
  const [tap, place] = [range(2, rank), range(3 + rank, rank)]
  const at = place.map((p, d) =>
    index(p).mul(stride[d]).add(index(tap[d]).mul(dilation[d])).sub(padding[d]),
  )
  const right = loading(
    engine,
    grouped(x, 1, groups),
    [index(2 + rank), index(0), index(1), ...at],
    {
      shape: [groups, perIn, ...w.shape.slice(2), out.shape[0], ...out.shape.slice(2)],
      batchDims: [0],
      depthDims: [1, ...tap],
      columnDims: [2 + rank, ...place],
      dense: false,
    },
  )
  // [g, ci, ...tap, co]
  const weights = permuted(grouped(w, 0, groups), [0, 2, ...range(3, rank), 1])
  return {
    groups,
    left: lying(engine, weights, 1, 1 + rank, false),
    right,
    places: spacePlaces(rank, perOut),
  }
}

/** gx = wᵀ · g̃y: depth is output channels and taps. */
function inputGradient(
  engine: Engine,
  kernel: ConvKernel,
  gy: Operand,
  w: Operand,
  out: Operand,
): ConvProduct {
  const { groups, stride, padding, dilation } = kernel
  const rank = stride.length
  const [perIn, perOut] = [w.shape[1], w.shape[0] / groups]
  // [g, co, ...tap, n, ...position]
  const [tap, position] = [range(2, rank), range(3 + rank, rank)]
  const at = position.map((p, d) => {
    const q = index(p).add(padding[d]).sub(index(tap[d]).mul(dilation[d]))
    if (stride[d] === 1) return q
    // Between the strides there is no output: -1 is outside.
    const place = q.div(stride[d])
    return q.ge(0).and(place.mul(stride[d]).eq(q)).where(place, -1)
  })
  const right = loading(
    engine,
    grouped(gy, 1, groups),
    [index(2 + rank), index(0), index(1), ...at],
    {
      shape: [groups, perOut, ...w.shape.slice(2), out.shape[0], ...out.shape.slice(2)],
      batchDims: [0],
      depthDims: [1, ...tap],
      columnDims: [2 + rank, ...position],
      dense: false,
    },
  )
  // [g, co, ...tap, ci]
  const weights = permuted(grouped(w, 0, groups), [0, 1, ...range(3, rank), 2])
  return {
    groups,
    left: lying(engine, weights, 1, 1 + rank, false),
    right,
    places: spacePlaces(rank, perIn),
  }
}

/** gw = gy · x̃ᵀ: depth is images and places, columns are input channels and taps. */
function weightGradient(
  engine: Engine,
  kernel: ConvKernel,
  x: Operand,
  gy: Operand,
  out: Operand,
): ConvProduct {
  const { groups, stride, padding, dilation } = kernel
  const rank = stride.length
  const [perIn, perOut] = [out.shape[1], out.shape[0] / groups]
  // Lanes along the channels of one tap share their place in the image; few channels are packed densely.
  const dense = perIn % 4 !== 0 && perIn < 8
  // [g, n, ...place, ci, ...tap]
  const [place, tap] = [range(2, rank), range(3 + rank, rank)]
  const at = place.map((p, d) =>
    index(p).mul(stride[d]).add(index(tap[d]).mul(dilation[d])).sub(padding[d]),
  )
  const right = loading(
    engine,
    grouped(x, 1, groups),
    [index(1), index(0), index(2 + rank), ...at],
    {
      shape: [groups, x.shape[0], ...gy.shape.slice(2), perIn, ...out.shape.slice(2)],
      batchDims: [0],
      depthDims: [1, ...place],
      columnDims: dense ? [2 + rank, ...tap] : [...tap, 2 + rank],
      dense,
    },
  )
  // [g, n, ...place, co]
  const gradient = permuted(grouped(gy, 1, groups), [1, 0, ...range(3, rank), 2])
  return {
    groups,
    left: lying(engine, gradient, 1, 1 + rank, false),
    right,
    places: {
      batchDims: [],
      rowDim: 0,
      groupRows: perOut,
      columnDims: dense ? range(1, 1 + rank) : [...range(2, rank), 1],
      dense,
    },
  }
}

const passes = { forward, inputGradient, weightGradient }

/** The matrices of a convolution on those operands. */
export const convProduct = (
  engine: Engine,
  kernel: ConvKernel,
  [first, second]: readonly Operand[],
  out: Operand,
): ConvProduct => passes[kernel.mode](engine, kernel, first, second, out)
