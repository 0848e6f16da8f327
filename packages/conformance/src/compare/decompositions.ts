/**
 * Factors that are determined only up to the signs of their vectors (and, where singular values or
 * eigenvalues coincide or a basis is completed, up to a rotation).
 */
import { dtypes } from '@sconce/backend'
import { at, type CompareOptions, type Comparison, different, worst } from './comparison.ts'
import { type HostTensor, magnitudeOf, numbersOf } from './host.ts'
import { compareTensors } from './tensors.ts'
import { epsilon } from './tolerances.ts'

/** Whether the k-th vector of an output is its k-th column or its k-th row. */
type Vectors = 'columns' | 'rows'

interface Decomposition {
  /** The outputs that change sign together, by index. */
  readonly vectors: Readonly<Record<number, Vectors>>
  /** Of those, the ones whose vectors are orthonormal. */
  readonly orthonormal: readonly number[]
  /** The outputs whose product is the decomposed matrix: left vectors, diagonal (or none), right factor. */
  readonly product: {
    readonly left: number
    readonly diagonal?: number
    readonly right: number
    /** The right factor is to be transposed. */
    readonly transposed?: boolean
  }
}

const svd: Decomposition = {
  vectors: { 0: 'columns', 2: 'columns' },
  orthonormal: [0, 2],
  product: { left: 0, diagonal: 1, right: 2, transposed: true },
}
const eigh: Decomposition = {
  vectors: { 1: 'columns' },
  orthonormal: [1],
  product: { left: 1, diagonal: 0, right: 1, transposed: true },
}
const qr: Decomposition = {
  vectors: { 0: 'columns', 1: 'rows' },
  orthonormal: [0],
  product: { left: 0, right: 1 },
}

/** By PyTorch's name. Ops marked as ambiguous in the data which are not here have unique results. */
export const decompositions: Readonly<Record<string, Decomposition>> = {
  svd,
  svd_lowrank: svd,
  pca_lowrank: svd,
  'linalg.svd': {
    vectors: { 0: 'columns', 2: 'rows' },
    orthonormal: [0, 2],
    product: { left: 0, diagonal: 1, right: 2 },
  },
  'linalg.eigh': eigh,
  symeig: eigh,
  qr,
  'linalg.qr': qr,
}

/** The signs of the vectors of each matrix of a batch: 1, or -1 where actual and expected point apart. */
export interface Signs {
  readonly decomposition: Decomposition
  /** Vectors per matrix. */
  readonly count: number
  /** `values[matrix * count + k]` */
  readonly values: Float64Array
}

interface Matrices {
  readonly batch: number
  readonly rows: number
  readonly columns: number
}

function matricesOf({ shape, data }: HostTensor): Matrices {
  const [rows, columns] = shape.slice(-2)
  return { rows, columns, batch: shape.length < 2 ? 0 : data.length / Math.max(1, rows * columns) }
}

/** Calls `visit(flat index, matrix, k)` for all elements of the first `count` vectors of a tensor. */
function eachVectorElement(
  tensor: HostTensor,
  vectors: Vectors,
  count: number,
  visit: (position: number, matrix: number, k: number) => void,
): void {
  const { batch, rows, columns } = matricesOf(tensor)
  for (let position = 0; position < batch * rows * columns; position++) {
    const matrix = Math.floor(position / (rows * columns))
    const k = vectors === 'columns' ? position % columns : Math.floor(position / columns) % rows
    if (k < count) visit(position, matrix, k)
  }
}

/**
 * The signs that make `actual` point the way `expected` does.
 * @param op PyTorch's name
 * @param actual the op's tensor outputs, of the same shapes as `expected`
 * @returns undefined for an op whose results are unique
 */
export function signsOf(
  op: string,
  actual: readonly HostTensor[],
  expected: readonly HostTensor[],
): Signs | undefined {
  const decomposition = Object.hasOwn(decompositions, op) ? decompositions[op] : undefined
  if (!decomposition) return undefined
  const factors = Object.entries(decomposition.vectors).flatMap(([output, vectors]) => {
    const [a, e] = [actual[Number(output)], expected[Number(output)]]
    const comparable = e?.data.length > 0 && a?.data.length === e.data.length
    return comparable ? [{ a, e, vectors, size: matricesOf(e) }] : []
  })
  const count = Math.min(
    ...factors.map(({ vectors, size }) => (vectors === 'columns' ? size.columns : size.rows)),
  )
  if (!Number.isFinite(count)) return { decomposition, count: 0, values: new Float64Array() }
  const values = new Float64Array(factors[0].size.batch * count)
  for (const { a, e, vectors } of factors) {
    const [x, y] = [numbersOf(a), numbersOf(e)]
    eachVectorElement(e, vectors, count, (position, matrix, k) => {
      values[matrix * count + k] += x[position] * y[position]
    })
  }
  return { decomposition, count, values: values.map((product) => (product < 0 ? -1 : 1)) }
}

/**
 * Flips vectors of outputs (or of cotangents of outputs) by `signs`. Applied to the recorded cotangents it
 * gives those under which the actual factors have the recorded gradients.
 */
export function applySigns(tensors: readonly HostTensor[], signs: Signs): HostTensor[] {
  return tensors.map((tensor, output) => {
    const vectors = signs.decomposition.vectors[output]
    if (!vectors) return tensor
    const data = tensor.data.slice()
    const half = dtypes[tensor.dtype].size === 2
    eachVectorElement(tensor, vectors, signs.count, (position, matrix, k) => {
      if (signs.values[matrix * signs.count + k] > 0) return
      data[position] = half ? Number(data[position]) ^ 0x8000 : -data[position]
    })
    return { ...tensor, data }
  })
}

/**
 * Compares the outputs of a decomposition up to the sign of vectors. Where vectors still differ, factors
 * with orthonormal vectors and the right product are as good: such is a basis of a repeated eigenvalue.
 */
export function compareDecomposition(
  op: string,
  actual: readonly HostTensor[],
  expected: readonly HostTensor[],
  options: CompareOptions = {},
): Comparison {
  if (actual.length !== expected.length)
    return different(`expected ${expected.length} outputs, got ${actual.length}`)
  const compareAll = (outputs: readonly HostTensor[]) =>
    outputs.map((output, i) =>
      at(`output ${i}`, compareTensors(output, expected[i], { op, ...options })),
    )
  const signs = signsOf(op, actual, expected)
  if (!signs) return worst(compareAll(actual))
  const comparisons = compareAll(applySigns(actual, signs))
  const direct = worst(comparisons)
  const sameShapes = actual.every((tensor, i) => `${tensor.shape}` === `${expected[i].shape}`)
  if (direct.ok || !sameShapes || !equivalent(signs.decomposition, actual, expected)) return direct
  return worst(comparisons.filter((_, i) => !(i in signs.decomposition.vectors)))
}

/** Errors of a product of factors, in ULP of the largest element, times the size of the matrix. */
const FACTOR_ULP = 16

function equivalent(
  { orthonormal, product }: Decomposition,
  actual: readonly HostTensor[],
  expected: readonly HostTensor[],
): boolean {
  const left = expected[product.left]
  const { batch, rows, columns } = matricesOf(left)
  const unit = (epsilon[left.dtype] ?? 0) * FACTOR_ULP * Math.max(rows, columns)
  const scale = Math.max(magnitudeOf(expected[product.diagonal ?? product.right]), Number.MIN_VALUE)
  for (let matrix = 0; matrix < batch; matrix++) {
    const [a, e] = [productOf(product, actual, matrix), productOf(product, expected, matrix)]
    if (a.some((value, i) => !(Math.abs(value - e[i]) <= unit * scale))) return false
    if (!orthonormal.every((i) => isOrthonormal(actual[i], matrix, unit))) return false
  }
  return true
}

function productOf(
  { left, diagonal, right, transposed }: Decomposition['product'],
  outputs: readonly HostTensor[],
  matrix: number,
): number[] {
  const l = matrixAt(outputs[left], matrix)
  const r = matrixAt(outputs[right], matrix)
  const d = diagonal === undefined ? undefined : outputs[diagonal]
  const inner = d ? (d.shape.at(-1) ?? 0) : l.columns
  const weights = d ? numbersOf(d).subarray(matrix * inner, (matrix + 1) * inner) : undefined
  const width = transposed ? r.rows : r.columns
  const result: number[] = []
  for (let i = 0; i < l.rows; i++) {
    for (let j = 0; j < width; j++) {
      let sum = 0
      for (let k = 0; k < inner; k++) {
        const other = transposed ? r.values[j * r.columns + k] : r.values[k * r.columns + j]
        sum += l.values[i * l.columns + k] * (weights ? weights[k] : 1) * other
      }
      result.push(sum)
    }
  }
  return result
}

function matrixAt(tensor: HostTensor, matrix: number) {
  const { rows, columns } = matricesOf(tensor)
  const size = rows * columns
  return { rows, columns, values: numbersOf(tensor).subarray(matrix * size, (matrix + 1) * size) }
}

/** Whether the shorter side's vectors are orthonormal. */
function isOrthonormal(tensor: HostTensor, matrix: number, tolerance: number): boolean {
  const { rows, columns, values } = matrixAt(tensor, matrix)
  const [vectors, length] = rows < columns ? [rows, columns] : [columns, rows]
  const element = (k: number, i: number) =>
    rows < columns ? values[k * columns + i] : values[i * columns + k]
  for (let a = 0; a < vectors; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0
      for (let i = 0; i < length; i++) sum += element(a, i) * element(b, i)
      if (!(Math.abs(sum - (a === b ? 1 : 0)) <= tolerance)) return false
    }
  }
  return true
}
