import '@sconce/backend-cpu'
import { arange, asFloat, manualSeed, pcaLowrank, svdLowrank, type Tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'

/** A matrix of rank 2: sin(5 i + j) = sin 5i cos j + cos 5i sin j. */
const matrix = () => arange(20, { dtype: 'float32' }).view(4, 5).sin()
const product = ({ U, S, V }: { U: Tensor; S: Tensor; V: Tensor }) =>
  U.mul(S).matmul(V.transpose(-2, -1))

describe('svdLowrank', () => {
  it.each([2, 3, 5])('gives the singular values, with %i columns', (q) => {
    manualSeed(0)
    const A = q === 5 ? matrix().t() : matrix()
    const result = svdLowrank(A, Math.min(q, 4))
    // Of PyTorch.
    expect(
      result.S.narrow(0, 0, 2).allclose(
        arange(0).newTensor([2.2157, 2.1341], { dtype: 'float32' }),
        { atol: 1e-4 },
      ),
    ).toBe(true)
    expect(product(result).allclose(A, { atol: 1e-5 })).toBe(true)
  })

  it('takes a mean off', () => {
    const A = matrix()
    const M = A.mean(0, true)
    expect(product(svdLowrank(A, 3, 2, M)).allclose(A.sub(M), { atol: 1e-5 })).toBe(true)
  })
})

describe('pcaLowrank', () => {
  it('centers the columns', () => {
    manualSeed(0)
    const A = matrix().t()
    const result = pcaLowrank(A)
    expect(result.S.shape).toEqual([4])
    expect(
      result.S.narrow(0, 0, 2)
        .sub(A.newTensor([2.1747, 1.991]))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(asFloat(1e-4).valueOf())
    expect(product(result).allclose(A.sub(A.mean(0, true)), { atol: 1e-5 })).toBe(true)
  })

  it("refuses more columns than there are, in PyTorch's words", () => {
    expect(() => pcaLowrank(matrix(), 5)).toThrow(
      'q(=5) must be non-negative integer and not greater than min(m, n)=4',
    )
  })
})
