import { init, tensor } from 'sconce'
import { describe, expect, it } from 'vitest'
import { checkDerivatives, fitSine, LegendrePolynomial3 } from '../src/custom-function.ts'
import { findMinimum } from '../src/rosenbrock.ts'

describe.each(['cpu', 'wasm'])('on %s', (device) => {
  it('LBFGS takes the steps that it takes in PyTorch', async () => {
    await init(device)
    const [x1, y1] = findMinimum(1).toArray() as number[]
    expect(x1).toBeCloseTo(0.38062264334648777, 10)
    expect(y1).toBeCloseTo(0.12491013187293636, 10)
    const [x2, y2] = findMinimum(2).toArray() as number[]
    expect(x2).toBeCloseTo(0.9999814210791366, 8)
    expect(y2).toBeCloseTo(0.9999619651810989, 8)
  })

  it('a function of one’s own has the derivative that is written for it', async () => {
    await init(device)
    checkDerivatives()
    const x = tensor([0, 0.5, 1, -2], { requiresGrad: true })
    const y = LegendrePolynomial3.apply(x)
    expect(y.toArray()).toEqual([0, -0.4375, 1, -17])
    y.sum().backward()
    expect(x.grad?.toArray()).toEqual([-1.5, 0.375, 6, 28.5])
    expect(String(y.gradFn?.name)).toBe('LegendrePolynomial3Backward')
  })

  it('and fits a sine as in PyTorch', async () => {
    await init(device)
    // 200 steps of the same program in PyTorch.
    const [a, b, c, d] = fitSine(200)
    expect(a).toBeCloseTo(0, 6)
    expect(b).toBeCloseTo(-1.399334, 5)
    expect(c).toBeCloseTo(0, 6)
    expect(d).toBeCloseTo(0.248127, 5)
  })
})
