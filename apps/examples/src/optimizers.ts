import { nn, optim } from 'sconce'
import { startingNetwork } from './modules.ts'
import type { Example } from './options.ts'
import { regressionData } from './regression-data.ts'

/** R torch's vignette on losses and optimizers: what was left to write by hand is a library's. */
export const optimizers: Example = {
  title: 'The same network with a loss function and an optimizer',
  run({ steps = 200 }) {
    const { x, y } = regressionData()
    const net = startingNetwork()
    const optimizer = new optim.SGD(net.parameters(), { lr: 1e-4 })
    for (let step = 1; step <= steps; step++) {
      const loss = nn.functional.mseLoss(net.call(x), y)
      if (step % 10 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
    }
  },
}
