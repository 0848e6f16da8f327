import '@sconce/backend-cpu'
import { grad } from '@sconce/autograd'
import { functional, sum, type Tensor, tensor } from '@sconce/core'
import { describe, expect, test } from 'vitest'
import { activations, points } from './activation-derivatives.ts'

type Name = keyof typeof activations

/** The arguments with which PyTorch's values were recorded. */
const calls: Partial<Record<Name, (x: Tensor) => Tensor>> = {
  leakyRelu: (x) => functional.leakyRelu(x, 0.1),
  celu: (x) => functional.celu(x, 2),
  threshold: (x) => functional.threshold(x, 0.5, -1),
  softplus: (x) => functional.softplus(x, 2, 3),
}

describe.each(Object.keys(activations) as Name[])('%s', (name) => {
  const { node, first, second } = activations[name]
  const x = tensor(points, { requiresGrad: true })
  const y = (calls[name] ?? functional[name])(x)

  test('node, slope and its slope are PyTorch’s', () => {
    expect(y.gradFn?.name).toBe(node)
    const [g] = grad(sum(y), x, { createGraph: true })
    const [h] = grad(sum(g), x)
    const close = (t: Tensor, expected: readonly number[]) => {
      ;(t.toArray() as number[]).forEach((v, i) => {
        expect(v).toBeCloseTo(expected[i], 5)
      })
    }
    close(g, first)
    close(h, second)
  })
})
