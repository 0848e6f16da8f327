import {
  coalesce,
  elementCount,
  input,
  kernels,
  type MatmulKernel,
  type Operand,
} from '@sconce/backend'
import type { Engine } from '../engine.ts'
import { identityOf } from './identity.ts'
import { runLowered } from './lowered.ts'
import { type Factor, fits } from './panels.ts'
import { runAccess } from './plan.ts'
import { finishProduct, type Places } from './products.ts'
import { cut, multiply, paddedRows, resultFits } from './tiles.ts'
import { bufferOf } from './writes.ts'

/** Elements of scratch that one product may take; larger ones are cut. */
const scratchLimit = 1 << 24

/** Nanoseconds on a software device; only their ratio matters, and that is much the same on others. */
const cost = { tiles: 150_000, tiledProduct: 0.45, summedProduct: 2.5 }

/** The dims of a matrix product: [...batch, m, n] and k. */
interface Problem {
  readonly a: Operand
  readonly b: Operand
  readonly further: readonly Operand[]
  readonly out: Operand
}

const isWorthTiles = (batch: number, m: number, n: number, k: number): boolean => {
  const padded = batch * paddedRows(m) * Math.ceil(n / 4) * 4 * k
  return cost.tiles + padded * cost.tiledProduct < batch * m * n * k * cost.summedProduct
}

/** The problem with its batch dims merged where all operands walk them as one. */
function merged({ a, b, further, out }: Problem): Problem {
  const rank = out.shape.length - 2
  const operands = [a, b, ...further, out]
  const { shape, strides } = coalesce(
    out.shape.slice(0, rank),
    operands.map((o) => o.strides.slice(0, rank)),
  )
  const relaid = operands.map((o, i) => ({
    ...o,
    shape: [...shape, ...o.shape.slice(rank)],
    strides: [...strides[i], ...o.strides.slice(rank)],
  }))
  return {
    a: relaid[0],
    b: relaid[1],
    further: relaid.slice(2, -1),
    out: relaid[relaid.length - 1],
  }
}

/** A factor whose columns run along one dim of a matrix, its depth along the other. */
function factor(engine: Engine, o: Operand, columnDim: number, depthDim: number): Factor {
  const rank = o.shape.length - 2
  const batch = Array.from({ length: rank }, (_, d) => d)
  // What is the same for all batches is packed once.
  const batchDims = batch.some((d) => o.strides[d] !== 0) ? batch : []
  const dims = [...batchDims, depthDim, columnDim]
  const shape = dims.map((d) => o.shape[d])
  const strides = dims.map((d) => o.strides[d])
  const view: Operand = { ...o, shape, strides }
  const last = dims.length - 1
  // What lies along the depth is packed as it lies, if a texture can be as wide.
  const along = strides[last - 1] === 1 && strides[last] !== 1
  const lanes = along && shape[last - 1] <= 2 * engine.limits.textureSize ? 'depth' : 'columns'
  return {
    value: input(0, 'float32'),
    inputs: [view],
    textures: [engine.contents(bufferOf(o))],
    shape,
    batchDims: batchDims.map((_, i) => i),
    depthDims: [last - 1],
    columnDims: [last],
    dense: false,
    lanes,
    classes: runAccess(
      view,
      shape.map((_, d) => d),
      lanes === 'depth' ? last - 1 : last,
      0,
    ),
  }
}

/** Halves along a dim of the output: the parts of each operand. */
function halves(problem: Problem, dim: number): [Problem, Problem] {
  const rank = problem.out.shape.length
  const half = Math.ceil(problem.out.shape[dim] / 2 / 4) * 4
  const at = Math.min(half, problem.out.shape[dim] - 1)
  const part = (o: Operand, d: number, from: number, to: number): Operand => ({
    ...o,
    shape: o.shape.map((size, i) => (i === d ? to - from : size)),
    offset: o.offset + from * o.strides[d],
  })
  const cutAt = (from: number, to: number): Problem => ({
    a: dim === rank - 1 ? problem.a : part(problem.a, dim, from, to),
    b: dim === rank - 2 ? problem.b : part(problem.b, dim, from, to),
    further: problem.further.map((o) => part(o, dim, from, to)),
    out: part(problem.out, dim, from, to),
  })
  return [cutAt(0, at), cutAt(at, problem.out.shape[dim])]
}

/** Runs a matrix product in tiles, or as a sum where that is less work. */
export function runMatmul(
  engine: Engine,
  kernel: MatmulKernel,
  inputs: readonly Operand[],
  [out]: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  if (elementCount(out.shape) === 0) return
  const [a, b, ...further] = inputs
  const rank = out.shape.length
  const batch = elementCount(out.shape.slice(0, rank - 2))
  const k = a.shape[rank - 1]
  if (!isWorthTiles(batch, out.shape[rank - 2], out.shape[rank - 1], k)) {
    runLowered(engine, kernel, { inputs, outputs: [out], scalars })
    return
  }
  // A product in parts must not overwrite what later parts read.
  if (out.buffer === a.buffer || out.buffer === b.buffer) {
    throughTemporary(engine, kernel, inputs, out, scalars)
    return
  }
  solve(engine, kernel, merged({ a, b, further, out }), scalars)
}

function throughTemporary(
  engine: Engine,
  kernel: MatmulKernel,
  inputs: readonly Operand[],
  out: Operand,
  scalars: ArrayLike<number>,
): void {
  const buffer = engine.allocate(out.dtype, elementCount(out.shape))
  let stride = 1
  const strides = out.shape.map(() => 0)
  for (let d = out.shape.length - 1; d >= 0; d--) {
    strides[d] = stride
    stride *= out.shape[d]
  }
  const result: Operand = { ...out, buffer, strides, offset: 0 }
  try {
    runMatmul(engine, kernel, inputs, [result], scalars)
    engine.execute(kernels.map([input(0, out.dtype)]), [result], [out], [])
  } finally {
    engine.free(buffer)
  }
}

function solve(
  engine: Engine,
  kernel: MatmulKernel,
  problem: Problem,
  scalars: ArrayLike<number>,
): void {
  const { a, b, further, out } = problem
  const rank = out.shape.length
  const batch = elementCount(out.shape.slice(0, rank - 2))
  const left = factor(engine, a, rank - 2, rank - 1)
  const right = factor(engine, b, rank - 1, rank - 2)
  const depth = cut(a.shape[rank - 1])
  const small = [a, b, out].every((o) => elementCount(o.shape) <= scratchLimit)
  const possible =
    resultFits(engine, batch, left, right) &&
    fits(engine, left, depth) &&
    fits(engine, right, depth)
  const largest = out.shape.indexOf(Math.max(...out.shape))
  if (!(small && possible) && out.shape[largest] > 1) {
    for (const part of halves(problem, largest)) solve(engine, kernel, part, scalars)
    return
  }
  const product = multiply(engine, batch, left, right)
  try {
    const places: Places = {
      batchDims: Array.from({ length: rank - 2 }, (_, d) => d),
      rowDim: rank - 2,
      groupRows: undefined,
      columnDims: [rank - 1],
      dense: false,
    }
    const { epilogue } = kernel
    const id = `matmul ${identityOf(kernel)}`
    finishProduct(engine, product, {
      epilogue,
      id,
      inputs: [a, b, ...further],
      out,
      scalars,
      places,
    })
  } finally {
    engine.release(product.texture)
  }
}
