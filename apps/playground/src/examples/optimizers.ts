import { plot, show } from 'playground'
import { manualSeed, nn, noGrad, optim, randn } from 'sconce'

// The network of 'Tensors' with a loss function and an optimizer: what was left to write by hand.

manualSeed(1)
const x = randn(100, 3)
const [a, b, c] = x.split(1, 1)
const y = a.mul(0.2).sub(b.mul(1.3)).sub(c.mul(0.5)).add(randn(100, 1))

const hidden = new nn.Linear(3, 32)
const output = new nn.Linear(32, 1)
const net = new nn.Sequential(hidden, new nn.ReLU(), output)

// The weights that the other programs start from.
manualSeed(2)
noGrad(() => {
  hidden.weight.copy_(randn(3, 32).t())
  output.weight.copy_(randn(32, 1).t())
  for (const layer of [hidden, output]) layer.bias?.zero_()
})

// Try: new optim.Adam(net.parameters(), { lr: 0.01 })
const optimizer = new optim.SGD(net.parameters(), { lr: 1e-4 })

for (let step = 1; step <= 200; step++) {
  const loss = nn.functional.mseLoss(net.call(x), y)
  plot('loss', step, loss)
  if (step % 10 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)

  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
}

if (hidden.weight.grad) show('gradient of the hidden weights', hidden.weight.grad.t())
