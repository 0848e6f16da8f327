import {
  type Context,
  Function,
  full,
  gradcheck,
  gradgradcheck,
  linspace,
  manualSeed,
  optim,
  randn,
  type Tensor,
} from 'sconce'
import type { Example } from './options.ts'

/** Legendre's third polynomial, ½(5x³ − 3x), with its derivative written by hand. */
export class LegendrePolynomial3 extends Function {
  static override forward(ctx: Context, x: Tensor): Tensor {
    ctx.saveForBackward(x)
    return x.pow(3).mul(5).sub(x.mul(3)).mul(0.5)
  }

  static override backward(ctx: Context, gradOutput: Tensor): Tensor {
    const [x] = ctx.savedTensors
    return gradOutput.mul(x.square().mul(5).sub(1).mul(1.5))
  }
}

/** Checks first and second derivatives against finite differences. @throws GradcheckError */
export function checkDerivatives(): void {
  manualSeed(1)
  // On the cpu, since not every device holds the doubles that finite differences need.
  const x = randn(5, { dtype: 'float64', device: 'cpu', requiresGrad: true })
  const p3 = (x: Tensor): Tensor => LegendrePolynomial3.apply(x)
  gradcheck(p3, [x])
  gradgradcheck(p3, [x])
}

/** Fits a + b·P₃(c + d·x) to a sine; returns a, b, c and d. */
export function fitSine(steps = 2000): number[] {
  const x = linspace(-Math.PI, Math.PI, 2000)
  const y = x.sin()
  const coefficients = [0, -1, 0, 0.3].map((value) => full([], value, { requiresGrad: true }))
  const [a, b, c, d] = coefficients
  const optimizer = new optim.SGD(coefficients, { lr: 5e-6 })
  for (let step = 1; step <= steps; step++) {
    const predicted = a.add(b.mul(LegendrePolynomial3.apply(c.add(d.mul(x)))))
    const loss = predicted.sub(y).square().sum()
    if (step % 200 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
  }
  return coefficients.map((t) => t.item())
}

/** PyTorch's example of a function of one's own. */
export const customFunction: Example = {
  title: 'A function with a derivative of its own',
  run({ steps }) {
    checkDerivatives()
    console.log('the derivatives agree with finite differences')
    const [a, b, c, d] = fitSine(steps).map((value) => value.toFixed(4))
    console.log(`sin(x) ≈ ${a} + ${b} P₃(${c} + ${d} x)`)
  },
}
