import { check, RuntimeError, sizes } from '../errors.ts'

/** PyTorch's `torch.linalg.LinAlgError`: a factorisation failed because of the values of the matrix. */
export class LinAlgError extends RuntimeError {
  static override errorName = 'LinAlgError'
}

/** What a positive `info` means, by a part of the name of the op. The first that fits counts, as in PyTorch. */
const FAILURES: readonly {
  op: string
  text: (info: number) => string
  error?: typeof RuntimeError
}[] = [
  {
    op: 'inv',
    text: (info) =>
      `The diagonal element ${info} is zero, the inversion could not be completed because the input matrix is singular.`,
  },
  {
    op: 'solve',
    text: () => 'The solver failed because the input matrix is singular.',
  },
  {
    op: 'cholesky',
    text: (info) =>
      `The factorization could not be completed because the input is not positive-definite (the leading minor of order ${info} is not positive-definite).`,
  },
  {
    op: 'svd',
    text: (info) =>
      `The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated singular values (error code: ${info}).`,
  },
  {
    op: 'eig',
    text: (info) =>
      `The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues (error code: ${info}).`,
  },
  {
    op: 'lstsq',
    text: (info) =>
      `The least squares solution could not be computed because the input matrix does not have full rank (error code: ${info}).`,
  },
  {
    op: 'lu_factor',
    error: RuntimeError,
    text: (info) =>
      `U[${info},${info}] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)`,
  },
]

const NOT_FINITE =
  'The algorithm failed to converge because the input matrix contained non-finite values.'

/**
 * Throws for the first matrix of a batch whose `info` is not 0: PyTorch's `_linalg_check_errors`.
 *
 * @param op the name as PyTorch's message has it: `linalg.cholesky`, `linalg.inv`, `torch.linalg.solve`,
 *   `linalg.svd`, `linalg.eigh`, `torch.linalg.lstsq`, `torch.linalg.lu_factor`, `cholesky_inverse` …
 * @param infos one for each matrix, in order
 * @param single the tensor is one matrix, so that no batch element is named
 */
export function checkInfos(op: string, infos: ArrayLike<number>, single: boolean): void {
  for (let i = 0; i < infos.length; i++) {
    const info = infos[i]
    if (info === 0) continue
    const where = single ? '' : ` (Batch element ${i}):`
    if (info < 0) throw new LinAlgError(`${op}:${where} ${NOT_FINITE}`)
    const failure = FAILURES.find((entry) => op.includes(entry.op))
    const text = failure ? failure.text(info) : `Unknown error code: ${info}.`
    const ErrorClass = failure && !failure.error ? LinAlgError : RuntimeError
    throw new ErrorClass(`${op}:${where} ${text}`)
  }
}

/** Throws unless a shape has two dimensions or more. `name` is the argument: A or B. */
export function checkIsMatrix(op: string, shape: readonly number[], name = 'A'): void {
  check(shape.length >= 2, () => `${op}: The input tensor ${name} must have at least 2 dimensions.`)
}

/** Throws unless a shape is one of square matrices. Some old ops (`triangular_solve`) have no name in it. */
export function checkIsSquare(op: string, shape: readonly number[], name = 'A'): void {
  checkIsMatrix(op, shape, name)
  const [m, n] = shape.slice(-2)
  check(
    m === n,
    () => `${op}: ${name} must be batches of square matrices, but they are ${m} by ${n} matrices`,
  )
}

/** Throws unless A (square) and B fit `A X = B`, or `X A = B` if `left` is false. */
export function checkSolveShapes(
  op: string,
  a: readonly number[],
  b: readonly number[],
  left = true,
): void {
  checkIsSquare(op, a)
  checkIsMatrix(op, b, 'B')
  const [m, n] = a.slice(-2)
  const [rows, columns] = b.slice(-2)
  check(
    left ? m === rows : n === columns,
    () =>
      `${op}: Incompatible shapes of A and B for the equation ${left ? 'AX = B' : 'XA = B'} (${m}x${n} and ${rows}x${columns})`,
  )
}

/** What `linalg.matrix_norm` says to an order it does not know. */
export const matrixNormOrder = (order: string | number): string =>
  `linalg.matrix_norm: Order ${order} not supported.`

/** What `linalg.lu`, `torch.lu_factor` and `torch.lu_unpack` say to a shape with fewer than two dimensions. */
export const notAMatrix = (op: string, shape: readonly number[]): string =>
  `${op}: Expected tensor with 2 or more dimensions. Got size: ${sizes(shape)} instead`

/** LU without pivoting, which PyTorch has on CUDA only. */
export const NO_PIVOT = 'linalg.lu_factor: LU without pivoting is not implemented on the CPU'

/** What `linalg.qr` says to a mode it does not know. */
export const qrMode = (mode: string): string =>
  `qr received unrecognized mode '${mode}' but expected one of 'reduced' (default), 'r', or 'complete'`

/** What `linalg.eigh` and `linalg.eigvalsh` say to another letter than L and U. */
export const uplo = (letter: string): string =>
  `Expected UPLO argument to be 'L' or 'U', but got ${letter}`

/** What `linalg.lstsq` says to a driver it does not know. */
export const LSTSQ_DRIVER =
  'torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)'

/** What `linalg.svd` says to a driver, which only CUDA has. */
export const SVD_DRIVER =
  'torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.'

/** What `linalg.cond` says to an order it does not know. */
export const condOrder = (order: string | number): string =>
  `linalg.cond got an invalid norm type: ${order}`

/** Throws unless the pivots are row numbers of `m` rows, counted from 1, for `lu_solve` or `lu_unpack`. */
export function checkPivots(op: 'lu_solve' | 'lu_unpack', pivots: ArrayLike<number>, m: number) {
  const hint = 'Did you properly pass the result of lu_factor?'
  for (let i = 0; i < pivots.length; i++) {
    if (pivots[i] >= 1 && pivots[i] <= m) continue
    if (op === 'lu_unpack') {
      throw new RuntimeError(
        `pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.${hint}`,
      )
    }
    const bound = pivots[i] < 1 ? 'greater or equal to 1' : 'smaller or equal to LU.size(-2)'
    throw new RuntimeError(`Pivots given to lu_solve must all be ${bound}. ${hint}`)
  }
}
