import { nn, noGrad, type Tensor } from 'sconce'
import type { Example } from './options.ts'
import { networkWeights, regressionData } from './regression-data.ts'

/** The network of the series as a module: its layers are properties, and register themselves. */
export class Network extends nn.Module {
  hidden = new nn.Linear(3, 32)
  relu = new nn.ReLU()
  output = new nn.Linear(32, 1)

  override forward(x: Tensor): Tensor {
    return this.output.call(this.relu.call(this.hidden.call(x)))
  }
}

/** The network with the weights that the earlier programs start from. */
export function startingNetwork(): Network {
  const net = new Network()
  const { w1, b1, w2, b2 } = networkWeights()
  net.loadStateDict(
    new Map([
      ['hidden.weight', w1.t()],
      ['hidden.bias', b1.squeeze(0)],
      ['output.weight', w2.t()],
      ['output.bias', b2.squeeze(0)],
    ]),
  )
  return net
}

/** R torch's vignette on modules: the same network, its parameters kept by modules. */
export const modules: Example = {
  title: 'The same network as a module',
  run({ steps = 200 }) {
    const { x, y } = regressionData()
    const net = startingNetwork()
    console.log(String(net))
    const learningRate = 1e-4
    for (let step = 1; step <= steps; step++) {
      const loss = net.call(x).sub(y).pow(2).mean()
      if (step % 10 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)
      net.zeroGrad()
      loss.backward()
      noGrad(() => {
        for (const p of net.parameters()) if (p.grad) p.sub_(p.grad.mul(learningRate))
      })
    }
  },
}
