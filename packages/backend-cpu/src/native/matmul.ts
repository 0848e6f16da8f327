import type { MatmulKernel, Operand, TypedArray } from '@sconce/backend'
import type { Program } from '../engine.ts'
import {
  type Floats,
  floatsOf,
  type Matrix,
  mostDirect,
  multiplyDirect,
  sumsOf,
} from '../gemm/direct.ts'
import { type Multiplier, Offsets, withMultiplier } from '../gemm/multiply.ts'
import { CpuBuffer, dataOf } from '../memory.ts'
import { eachIndex, startAt } from './batch.ts'
import { epilogueKernel } from './epilogue.ts'
import { type Tools, View } from './tools.ts'

/** Tables that all products share: they are filled anew for each call. */
const [rowsOfA, innerOfA, columnsOfB, innerOfB] = Array.from({ length: 4 }, () => new Offsets())

/** Batched matrix products of any layout; the epilogue runs on each block of products. */
export const matmulProgram = (kernel: MatmulKernel, tools: Tools): Program =>
  withMultiplier(kernel.dtype, (multiplier) => program(kernel, tools, multiplier))

function program<T extends TypedArray>(
  kernel: MatmulKernel,
  tools: Tools,
  multiplier: Multiplier<T>,
): Program {
  const sums = multiplier.arithmetic.dtype
  const finish = tools.map(epilogueKernel(kernel, sums))
  const further = kernel.inputs.slice(2).map((dtype) => new View(dtype))
  const product = new View(sums)
  const result = new View(kernel.outputs[0])
  const [views, results] = [[...further, product], [result]]
  const direct = kernel.dtype === 'float32' || kernel.dtype === 'float64'
  /** Sums are the result as they are. */
  const bare = kernel.epilogue.op === 'acc'

  return (inputs, outputs, scalars) => {
    const [a, b] = inputs
    const [out] = outputs
    const batch = out.shape.length - 2
    // Leading batch dims that every operand but b walks like rows make one tall matrix.
    const folded = foldedDims(inputs, out, batch)
    let m = out.shape[batch]
    for (let d = batch - folded; d < batch; d++) m *= out.shape[d]
    const [n, k] = [out.shape[batch + 1], a.shape[batch + 1]]
    const inPlace = out.buffer === a.buffer || out.buffer === b.buffer

    /** Runs the epilogue on a block of products. */
    const store = (
      index: readonly number[],
      c: TypedArray,
      row: number,
      rows: number,
      column: number,
      columns: number,
      ld: number,
    ) => {
      if (!(product.buffer instanceof CpuBuffer) || product.buffer.data !== c) {
        product.buffer = new CpuBuffer(sums, c)
      }
      resize(product, rows, columns)
      product.strides[0] = ld
      product.strides[1] = 1
      place(result, out, index, row, rows, column, columns)
      for (let i = 0; i < further.length; i++) {
        place(further[i], inputs[i + 2], index, row, rows, column, columns)
      }
      finish(views, results, scalars)
    }

    const multiplySmall = (index: readonly number[]) => {
      const [left, right] = [matrixAt(a, index), matrixAt(b, index)]
      if (bare) {
        multiplyDirect(left, right, matrixAt(out, index), m, n, k)
        return
      }
      const data = sumsOf(m * n)
      multiplyDirect(left, right, { data, base: 0, row: n, column: 1 }, m, n, k)
      store(index, data, 0, m, 0, n, n)
    }

    const multiplyLarge = () => {
      const left = rowsOfA.linear(m, a.strides[batch])
      const leftInner = innerOfA.linear(k, a.strides[batch + 1])
      const right = columnsOfB.linear(n, b.strides[batch + 1])
      const rightInner = innerOfB.linear(k, b.strides[batch])
      const [dataOfA, dataOfB] = [dataOf(a.buffer), dataOf(b.buffer)]
      return (index: readonly number[]) =>
        multiplier.run(
          { data: dataOfA, base: startAt(a, index), outer: left, inner: leftInner },
          { data: dataOfB, base: startAt(b, index), outer: right, inner: rightInner },
          m,
          n,
          k,
          (...block) => store(index, ...block),
        )
    }

    bind(result, out, batch)
    for (let i = 0; i < further.length; i++) bind(further[i], inputs[i + 2], batch)
    const small = direct && !inPlace && m * n * k <= mostDirect
    const each = small ? multiplySmall : multiplyLarge()
    if (batch === folded) each([])
    else eachIndex(out.shape, batch - folded, each)
    result.release()
    for (let i = 0; i < further.length; i++) further[i].release()
  }
}

/** The matrix of an operand at an index of the leading dims. */
function matrixAt(operand: Operand, index: readonly number[]): Matrix<Floats> {
  const { buffer, strides } = operand
  const rank = strides.length
  return {
    data: floatsOf(dataOf(buffer)),
    base: startAt(operand, index),
    row: strides[rank - 2],
    column: strides[rank - 1],
  }
}

/** Batch dims, from the last on, that merge with the rows because b is the same for all of them. */
function foldedDims(inputs: readonly Operand[], out: Operand, batch: number): number {
  if (batch === 0) return 0
  const walkers = inputs.filter((_, i) => i !== 1).concat(out)
  let folded = 0
  for (let d = batch - 1; d >= 0; d--) {
    if (inputs[1].strides[d] !== 0 && out.shape[d] !== 1) break
    const inner = out.shape[d + 1]
    if (!walkers.every((o) => out.shape[d] === 1 || o.strides[d] === o.strides[d + 1] * inner))
      break
    folded++
  }
  return folded
}

function bind(view: View, { buffer, strides }: Operand, batch: number): void {
  view.buffer = buffer
  view.strides[0] = strides[batch]
  view.strides[1] = strides[batch + 1]
}

function resize(view: View, rows: number, columns: number): void {
  view.shape[0] = rows
  view.shape[1] = columns
}

function place(
  view: View,
  operand: Operand,
  index: readonly number[],
  row: number,
  rows: number,
  column: number,
  columns: number,
): void {
  resize(view, rows, columns)
  view.offset = startAt(operand, index) + row * view.strides[0] + column * view.strides[1]
}
