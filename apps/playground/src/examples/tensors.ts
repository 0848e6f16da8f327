import { plot } from 'playground'
import { manualSeed, randn, zeros } from 'sconce'

// A network 3-32-1 with tensors alone: its gradients are worked out by hand.
// The four programs that begin with this one print the same losses.

manualSeed(1)
const x = randn(100, 3)
const [a, b, c] = x.split(1, 1)
const y = a.mul(0.2).sub(b.mul(1.3)).sub(c.mul(0.5)).add(randn(100, 1))

manualSeed(2)
const w1 = randn(3, 32)
const b1 = zeros(1, 32)
const w2 = randn(32, 1)
const b2 = zeros(1, 1)

const learningRate = 1e-4

for (let step = 1; step <= 200; step++) {
  // Forward.
  const h = x.mm(w1).add(b1)
  const hRelu = h.clamp({ min: 0 })
  const error = hRelu.mm(w2).add(b2).sub(y)
  const loss = error.pow(2).mean().item()
  plot('loss', step, loss)
  if (step % 10 === 0) console.log(`step ${step}  loss ${loss.toFixed(4)}`)

  // Backward.
  const gradPredicted = error.mul(2 / y.numel())
  const gradW2 = hRelu.t().mm(gradPredicted)
  const gradB2 = gradPredicted.sum(0, true)
  const gradH = gradPredicted.mm(w2.t()).maskedFill(h.lt(0), 0)
  const gradW1 = x.t().mm(gradH)
  const gradB1 = gradH.sum(0, true)

  // Gradient descent, in place.
  w1.sub_(gradW1.mul(learningRate))
  b1.sub_(gradB1.mul(learningRate))
  w2.sub_(gradW2.mul(learningRate))
  b2.sub_(gradB2.mul(learningRate))
}
