import type { Example } from './options.ts'
import { networkWeights, regressionData } from './regression-data.ts'

/** The network with tensors alone: gradients are worked out by hand. */
export const tensors: Example = {
  title: 'A network with tensors and gradients by hand',
  run({ steps = 200 }) {
    const { x, y } = regressionData()
    const { w1, b1, w2, b2 } = networkWeights()
    const learningRate = 1e-4
    for (let step = 1; step <= steps; step++) {
      const h = x.mm(w1).add(b1)
      const hRelu = h.clamp({ min: 0 })
      const predicted = hRelu.mm(w2).add(b2)
      const error = predicted.sub(y)
      const loss = error.pow(2).mean().item()
      if (step % 10 === 0) console.log(`step ${step}  loss ${loss.toFixed(4)}`)

      const gradPredicted = error.mul(2 / y.numel())
      const gradW2 = hRelu.t().mm(gradPredicted)
      const gradB2 = gradPredicted.sum(0, true)
      const gradH = gradPredicted.mm(w2.t()).maskedFill(h.lt(0), 0)
      const gradW1 = x.t().mm(gradH)
      const gradB1 = gradH.sum(0, true)

      w1.sub_(gradW1.mul(learningRate))
      b1.sub_(gradB1.mul(learningRate))
      w2.sub_(gradW2.mul(learningRate))
      b2.sub_(gradB2.mul(learningRate))
    }
  },
}
