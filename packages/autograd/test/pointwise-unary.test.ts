import '@sconce/backend-cpu'
import { grad } from '@sconce/autograd'
import { sum, type Tensor, tensor } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { unaryDerivatives } from './unary-derivatives.ts'

type Name = keyof typeof unaryDerivatives

const close = (t: Tensor, expected: readonly number[]): void => {
  const found = t.toArray() as number[]
  expected.forEach((e, i) => {
    expect(Math.abs(found[i] - e)).toBeLessThanOrEqual(1e-9 + 1e-9 * Math.abs(e))
  })
}

describe.each(Object.keys(unaryDerivatives) as Name[])('%s', (name) => {
  const { x: points, first, second } = unaryDerivatives[name]

  test('first derivative', () => {
    const x = tensor(points, { dtype: 'float64', requiresGrad: true })
    const [g] = grad(sum(x[name]()), x)
    close(g, first)
    expect(g.requiresGrad).toBe(false)
  })

  test('second derivative', () => {
    const x = tensor(points, { dtype: 'float64', requiresGrad: true })
    const [g] = grad(sum(x[name]()), x, { createGraph: true })
    close(g, first)
    const [h] = g.requiresGrad ? grad(sum(g), x, { allowUnused: true }) : [null]
    // What PyTorch calls unused may be a zero here.
    if (h || second) close(h as Tensor, second ?? points.map(() => 0))
  })
})
