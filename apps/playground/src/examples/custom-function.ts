import { curves, plot, showGraph } from 'playground'
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

// Legendre's third polynomial, ½(5x³ − 3x), with its derivative written by hand.

class LegendrePolynomial3 extends Function {
  static override forward(ctx: Context, x: Tensor): Tensor {
    ctx.saveForBackward(x)
    return x.pow(3).mul(5).sub(x.mul(3)).mul(0.5)
  }

  static override backward(ctx: Context, gradOutput: Tensor): Tensor {
    const [x] = ctx.savedTensors
    return gradOutput.mul(x.square().mul(5).sub(1).mul(1.5))
  }
}

// First and second derivatives agree with finite differences, which want doubles: the cpu has them.
manualSeed(1)
const at = randn(5, { dtype: 'float64', device: 'cpu', requiresGrad: true })
gradcheck((x: Tensor) => LegendrePolynomial3.apply(x), [at])
gradgradcheck((x: Tensor) => LegendrePolynomial3.apply(x), [at])
console.log('the derivatives agree with finite differences')

// a + b·P₃(c + d·x) becomes like a sine.
const x = linspace(-Math.PI, Math.PI, 2000)
const y = x.sin()
const [a, b, c, d] = [0, -1, 0, 0.3].map((value) => full([], value, { requiresGrad: true }))
const optimizer = new optim.SGD([a, b, c, d], { lr: 5e-6 })

for (let step = 1; step <= 600; step++) {
  const predicted = a.add(b.mul(LegendrePolynomial3.apply(c.add(d.mul(x)))))
  const loss = predicted.sub(y).square().sum()
  if (step === 1) showGraph(loss, { a, b, c, d })
  if (step % 10 === 0) plot('loss', step, loss)
  if (step % 100 === 0) {
    console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)
    curves('sine', x, { sine: y, polynomial: predicted })
  }
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
}

const [a4, b4, c4, d4] = [a, b, c, d].map((t) => t.item().toFixed(4))
console.log(`sin(x) ≈ ${a4} + ${b4} P₃(${c4} + ${d4} x)`)
