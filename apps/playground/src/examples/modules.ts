import { plot, show } from 'playground'
import { manualSeed, nn, noGrad, randn, type Tensor } from 'sconce'

// The network of 'Tensors' as a module: its layers are properties, and register themselves.

class Network extends nn.Module {
  hidden = new nn.Linear(3, 32)
  relu = new nn.ReLU()
  output = new nn.Linear(32, 1)

  override forward(x: Tensor): Tensor {
    return this.output.call(this.relu.call(this.hidden.call(x)))
  }
}

manualSeed(1)
const x = randn(100, 3)
const [a, b, c] = x.split(1, 1)
const y = a.mul(0.2).sub(b.mul(1.3)).sub(c.mul(0.5)).add(randn(100, 1))

const net = new Network()
console.log(String(net))

// The weights that the other programs start from.
manualSeed(2)
noGrad(() => {
  net.hidden.weight.copy_(randn(3, 32).t())
  net.output.weight.copy_(randn(32, 1).t())
  for (const layer of [net.hidden, net.output]) layer.bias?.zero_()
})
show('hidden weights', net.hidden.weight.t())

const learningRate = 1e-4

for (let step = 1; step <= 200; step++) {
  const loss = net.call(x).sub(y).pow(2).mean()
  plot('loss', step, loss)
  if (step % 10 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)

  net.zeroGrad()
  loss.backward()
  noGrad(() => {
    for (const p of net.parameters()) if (p.grad) p.sub_(p.grad.mul(learningRate))
  })
}

show('hidden activations', net.relu.call(net.hidden.call(x)).t())
