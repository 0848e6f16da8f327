import {
  acc,
  type ConvKernel,
  contiguousStrides,
  elementCount,
  input,
  kernels,
  type Operand,
  substitute,
} from '@sconce/backend'
import type { Engine } from '../engine.ts'
import { type ConvProduct, convProduct } from './conv-factors.ts'
import { identityOf } from './identity.ts'
import { runLowered } from './lowered.ts'
import { depthOf, type Factor, fits, panelWidth } from './panels.ts'
import { finishProduct } from './products.ts'
import { cut, multiply, paddedRows, resultFits } from './tiles.ts'

/** Texels of scratch that a factor or a product may take; larger work is done in parts. */
const scratchTexels = 1 << 21

/** Nanoseconds on a software device; only their ratio matters. */
const cost = { tiles: 300_000, tiledProduct: 0.45, packed: 25, summedProduct: 20 }

/** Numbers that tell how much work a convolution is. */
interface Sizes {
  readonly groups: number
  readonly m: number
  readonly n: number
  readonly k: number
}

function sizesOf(kernel: ConvKernel, [first, second]: readonly Operand[], out: Operand): Sizes {
  const { groups, mode } = kernel
  const space = (o: Operand) => elementCount(o.shape.slice(2))
  if (mode === 'weightGradient') {
    const k = first.shape[0] * space(second)
    return { groups, m: out.shape[0] / groups, n: elementCount(out.shape.slice(1)), k }
  }
  const channels = mode === 'forward' ? second.shape[1] : second.shape[0] / groups
  return {
    groups,
    m: out.shape[1] / groups,
    n: out.shape[0] * space(out),
    k: channels * space(second),
  }
}

function isWorthTiles({ groups, m, n, k }: Sizes): boolean {
  const products = groups * n * k
  const tiled = cost.tiles + products * (paddedRows(m) * cost.tiledProduct + cost.packed / 4)
  return tiled < products * m * cost.summedProduct
}

/** Runs a convolution as a product of matrices, or as a sum where that is less work. */
export function runConv(
  engine: Engine,
  kernel: ConvKernel,
  inputs: readonly Operand[],
  [out]: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  if (elementCount(out.shape) === 0) return
  const aliased = inputs.slice(0, 2).some((o) => o.buffer === out.buffer)
  if (aliased || !isWorthTiles(sizesOf(kernel, inputs, out))) {
    runLowered(engine, kernel, { inputs, outputs: [out], scalars })
    return
  }
  if (kernel.mode === 'weightGradient') runWeights(engine, kernel, inputs, out, scalars)
  else runImages(engine, kernel, inputs, out, scalars)
}

/** Some images of a batch. */
const images = (o: Operand, from: number, to: number): Operand => ({
  ...o,
  shape: [to - from, ...o.shape.slice(1)],
  offset: o.offset + from * o.strides[0],
})

const texelsOf = (factor: Factor, groups: number): number =>
  groups * depthOf(factor) * panelWidth(factor)

/** Whether the matrices are small enough for one product. */
function isFeasible(engine: Engine, { groups, left, right }: ConvProduct): boolean {
  const depth = cut(depthOf(right))
  return (
    texelsOf(right, groups) <= scratchTexels &&
    texelsOf(left, groups) <= scratchTexels &&
    resultFits(engine, groups, left, right) &&
    fits(engine, left, depth) &&
    fits(engine, right, depth)
  )
}

/** The largest number of images that one product can take, up to `total`; at least one. */
function portion(total: number, feasible: (count: number) => boolean): number {
  let count = total
  while (count > 1 && !feasible(count)) count = Math.ceil(count / 2)
  return count
}

/** Forward and input gradient: images are independent of each other. */
function runImages(
  engine: Engine,
  kernel: ConvKernel,
  inputs: readonly Operand[],
  out: Operand,
  scalars: ArrayLike<number>,
): void {
  const [first, second, ...further] = inputs
  const total = out.shape[0]
  const part = (from: number, to: number) => {
    const operands = [images(first, from, to), second, ...further.map((o) => images(o, from, to))]
    const to_ = images(out, from, to)
    return { operands, to: to_, product: convProduct(engine, kernel, operands, to_) }
  }
  const step = portion(total, (count) => isFeasible(engine, part(0, count).product))
  for (let from = 0; from < total; from += step) {
    const { operands, to, product } = part(from, Math.min(total, from + step))
    const result = multiply(engine, product.groups, product.left, product.right)
    try {
      const { epilogue } = kernel
      const { places } = product
      const id = `conv ${identityOf(kernel)}`
      finishProduct(engine, result, { epilogue, id, inputs: operands, out: to, scalars, places })
    } finally {
      engine.release(result.texture)
    }
  }
}

/** Weight gradient: a sum over all images; what was done in parts is added up before the epilogue. */
function runWeights(
  engine: Engine,
  kernel: ConvKernel,
  inputs: readonly Operand[],
  out: Operand,
  scalars: ArrayLike<number>,
): void {
  const [x, gy, ...further] = inputs
  const total = x.shape[0]
  const part = (from: number, to: number) =>
    convProduct(engine, kernel, [images(x, from, to), images(gy, from, to)], out)
  const step = portion(total, (count) => isFeasible(engine, part(0, count)))
  const parts = Math.ceil(total / step)
  const finish = (
    from: number,
    epilogue: ConvKernel['epilogue'],
    id: string,
    to: Operand,
    all: readonly Operand[],
  ) => {
    const product = part(from, Math.min(total, from + step))
    const result = multiply(engine, product.groups, product.left, product.right)
    try {
      const { places } = product
      finishProduct(engine, result, { epilogue, id, inputs: all, out: to, scalars, places })
    } finally {
      engine.release(result.texture)
    }
  }
  if (parts === 1) {
    finish(0, kernel.epilogue, `conv ${identityOf(kernel)}`, out, inputs)
    return
  }
  const size = elementCount(out.shape)
  const buffer = engine.allocate('float32', parts * size)
  try {
    const strides = contiguousStrides(out.shape)
    for (let p = 0; p < parts; p++) {
      const to: Operand = { buffer, dtype: 'float32', shape: out.shape, strides, offset: p * size }
      finish(p * step, acc(0, 'float32'), 'conv part', to, [x, gy])
    }
    const shape = [...out.shape, parts]
    const spread = (o: Operand): Operand => ({ ...o, shape, strides: [...o.strides, 0] })
    const pieces: Operand = {
      buffer,
      dtype: 'float32',
      shape,
      strides: [...strides, size],
      offset: 0,
    }
    // The parts take the place of the two factors.
    const epilogue = substitute(kernel.epilogue, (node) =>
      node.op === 'input' ? input(node.value - 1, node.dtype) : undefined,
    )
    const sum = kernels.reduce(
      [{ op: 'sum', value: input(0, 'float32') }],
      [epilogue],
      ['float32', ...kernel.inputs.slice(2)],
    )
    engine.execute(sum, [pieces, ...further.map(spread)], [spread(out)], scalars)
  } finally {
    engine.free(buffer)
  }
}
