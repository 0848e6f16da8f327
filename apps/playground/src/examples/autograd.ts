import { plot, showGraph } from 'playground'
import { manualSeed, noGrad, ones, randn, tensor, zeros } from 'sconce'

// The graph is there to look at, before backward runs through it.

const x1 = ones(2, 2, { requiresGrad: true })
const x2 = tensor(1.1, { requiresGrad: true })
const y1 = x1.mul(x2.add(2))
y1.retainGrad()
const z = y1.pow(2).mul(3)
z.retainGrad()
const out = z.mean()

console.log(out)
showGraph(out, { x1, x2 })

out.backward()
console.log('z.grad', z.grad)
console.log('y1.grad', y1.grad)
console.log('x2.grad', x2.grad)
console.log('x1.grad', x1.grad)

// The network of 'Tensors', with gradients from autograd.

manualSeed(1)
const x = randn(100, 3)
const [a, b, c] = x.split(1, 1)
const y = a.mul(0.2).sub(b.mul(1.3)).sub(c.mul(0.5)).add(randn(100, 1))

manualSeed(2)
const w1 = randn(3, 32, { requiresGrad: true })
const b1 = zeros(1, 32, { requiresGrad: true })
const w2 = randn(32, 1, { requiresGrad: true })
const b2 = zeros(1, 1, { requiresGrad: true })
const weights = [w1, b1, w2, b2]

const learningRate = 1e-4

for (let step = 1; step <= 200; step++) {
  const predicted = x.mm(w1).add(b1).clamp({ min: 0 }).mm(w2).add(b2)
  const loss = predicted.sub(y).pow(2).mean()
  if (step === 1) showGraph(loss, { w1, b1, w2, b2 }, 'Graph of the network')
  plot('loss', step, loss)
  if (step % 10 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)

  loss.backward()
  noGrad(() => {
    for (const w of weights) {
      if (!w.grad) continue
      w.sub_(w.grad.mul(learningRate))
      w.grad.zero_()
    }
  })
}
