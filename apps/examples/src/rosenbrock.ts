import { optim, type Tensor, tensor } from 'sconce'
import type { Example } from './options.ts'
import { widestFloat } from './precision.ts'

/** Rosenbrock's banana: a curved valley with its lowest point, 0, at (1, 1). */
export function banana(at: Tensor): Tensor {
  const [x, y] = at.unbind(0)
  return x.neg().add(1).square().add(y.sub(x.square()).square().mul(100))
}

/** Where the minimum is found from the customary start; every step is shown. */
export function findMinimum(steps = 3): Tensor {
  const at = tensor([-1.2, 1], { dtype: widestFloat(), requiresGrad: true })
  const optimizer = new optim.LBFGS([at], { lineSearchFn: 'strong_wolfe' })
  const show = (step: number): void => {
    const [x, y] = at.toTypedArray()
    const value = banana(at.detach()).item().toExponential(3)
    console.log(`step ${step}  f(${Number(x).toFixed(6)}, ${Number(y).toFixed(6)}) = ${value}`)
  }
  show(0)
  for (let step = 1; step <= steps; step++) {
    optimizer.step(() => {
      optimizer.zeroGrad()
      const value = banana(at)
      value.backward()
      return value
    })
    show(step)
  }
  return at.detach()
}

/** R torch's vignette on minimising a function, with an optimizer that suits it. */
export const rosenbrock: Example = {
  title: 'The minimum of a function with LBFGS',
  run({ steps }) {
    findMinimum(steps)
  },
}
