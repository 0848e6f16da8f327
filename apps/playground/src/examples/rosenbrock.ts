import { plot, show } from 'playground'
import { linspace, optim, type Tensor, tensor } from 'sconce'

// Rosenbrock's banana: a curved valley with its lowest point, 0, at (1, 1).

const banana = (x: Tensor, y: Tensor): Tensor =>
  x.neg().add(1).square().add(y.sub(x.square()).square().mul(100))

const across = linspace(-2, 2, 120).unsqueeze(0)
const down = linspace(2.5, -1, 105).unsqueeze(1)
show('logarithm of the banana', banana(across, down).add(0.1).log(), { colors: 'viridis' })

const at = tensor([-1.2, 1], { requiresGrad: true })
const optimizer = new optim.LBFGS([at], { lineSearchFn: 'strong_wolfe' })

let evaluations = 0
for (let step = 1; step <= 3; step++) {
  optimizer.step(() => {
    optimizer.zeroGrad()
    const [x, y] = at.unbind(0)
    const value = banana(x, y)
    value.backward()
    plot('f', ++evaluations, value, { log: true })
    return value
  })
  const [x, y] = Array.from(at.toTypedArray(), Number)
  const value = banana(...(at.detach().unbind(0) as [Tensor, Tensor])).item()
  console.log(`step ${step}  f(${x.toFixed(4)}, ${y.toFixed(4)}) = ${value.toExponential(2)}`)
}
