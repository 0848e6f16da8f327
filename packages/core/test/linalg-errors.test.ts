import { describe, expect, it } from 'vitest'
import { RuntimeError } from '../src/errors.ts'
import {
  checkInfos,
  checkIsMatrix,
  checkIsSquare,
  checkPivots,
  checkSolveShapes,
  condOrder,
  LinAlgError,
  notAMatrix,
  qrMode,
  uplo,
} from '../src/linalg/index.ts'

/** What a call throws. */
function thrown(call: () => void): Error {
  try {
    call()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}

describe('checkInfos', () => {
  it.each([
    [
      'linalg.cholesky',
      2,
      'linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the leading minor of order 2 is not positive-definite).',
    ],
    [
      'linalg.inv',
      2,
      'linalg.inv: The diagonal element 2 is zero, the inversion could not be completed because the input matrix is singular.',
    ],
    [
      'cholesky_inverse',
      1,
      'cholesky_inverse: The diagonal element 1 is zero, the inversion could not be completed because the input matrix is singular.',
    ],
    [
      'torch.linalg.solve',
      2,
      'torch.linalg.solve: The solver failed because the input matrix is singular.',
    ],
    [
      'linalg.svd',
      -4,
      'linalg.svd: The algorithm failed to converge because the input matrix contained non-finite values.',
    ],
    [
      'linalg.svd',
      3,
      'linalg.svd: The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated singular values (error code: 3).',
    ],
    [
      'linalg.eigh',
      3,
      'linalg.eigh: The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues (error code: 3).',
    ],
    [
      'torch.linalg.lstsq',
      2,
      'torch.linalg.lstsq: The least squares solution could not be computed because the input matrix does not have full rank (error code: 2).',
    ],
  ])('%s %i is a LinAlgError in PyTorch’s words', (op, info, message) => {
    const error = thrown(() => checkInfos(op, [info], true))
    expect(error).toBeInstanceOf(LinAlgError)
    expect(error).toBeInstanceOf(RuntimeError)
    expect(error.name).toBe('LinAlgError')
    expect(error.message).toBe(message)
  })

  it('is a plain RuntimeError for lu_factor', () => {
    const error = thrown(() => checkInfos('torch.linalg.lu_factor', [2], true))
    expect(error).not.toBeInstanceOf(LinAlgError)
    expect(error.message).toBe(
      'torch.linalg.lu_factor: U[2,2] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)',
    )
  })

  it('names the element of a batch, and lets success pass', () => {
    expect(thrown(() => checkInfos('linalg.inv', [0, 2], false)).message).toBe(
      'linalg.inv: (Batch element 1): The diagonal element 2 is zero, the inversion could not be completed because the input matrix is singular.',
    )
    checkInfos('linalg.inv', [0, 0], false)
    checkInfos('linalg.inv', [], false)
  })
})

describe('shapes', () => {
  it('has PyTorch’s words', () => {
    expect(() => checkIsSquare('linalg.inv', [2, 3])).toThrow(
      'linalg.inv: A must be batches of square matrices, but they are 2 by 3 matrices',
    )
    expect(() => checkIsSquare('linalg.inv', [2])).toThrow(
      'linalg.inv: The input tensor A must have at least 2 dimensions.',
    )
    expect(() => checkIsMatrix('linalg.solve', [], 'B')).toThrow(
      'linalg.solve: The input tensor B must have at least 2 dimensions.',
    )
    expect(() => checkSolveShapes('linalg.solve', [2, 2], [3, 1])).toThrow(
      'linalg.solve: Incompatible shapes of A and B for the equation AX = B (2x2 and 3x1)',
    )
    expect(() => checkSolveShapes('linalg.solve', [2, 2], [3, 3], false)).toThrow(
      'linalg.solve: Incompatible shapes of A and B for the equation XA = B (2x2 and 3x3)',
    )
    checkSolveShapes('linalg.solve', [5, 2, 2], [5, 3, 2], false)
  })
})

describe('arguments', () => {
  it('has PyTorch’s words', () => {
    expect(qrMode('foo')).toBe(
      "qr received unrecognized mode 'foo' but expected one of 'reduced' (default), 'r', or 'complete'",
    )
    expect(uplo('X')).toBe("Expected UPLO argument to be 'L' or 'U', but got X")
    expect(condOrder(3)).toBe('linalg.cond got an invalid norm type: 3')
    expect(notAMatrix('linalg.lu', [2])).toBe(
      'linalg.lu: Expected tensor with 2 or more dimensions. Got size: [2] instead',
    )
    expect(() => checkPivots('lu_solve', [0, 1], 2)).toThrow(
      'Pivots given to lu_solve must all be greater or equal to 1. Did you properly pass the result of lu_factor?',
    )
    expect(() => checkPivots('lu_solve', [1, 5], 2)).toThrow(
      'Pivots given to lu_solve must all be smaller or equal to LU.size(-2). Did you properly pass the result of lu_factor?',
    )
    expect(() => checkPivots('lu_unpack', [3, 1], 2)).toThrow(
      'pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.Did you properly pass the result of lu_factor?',
    )
    checkPivots('lu_unpack', [2, 2], 2)
  })
})
