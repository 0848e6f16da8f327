import { curves, plot, show } from 'playground'
import { linspace, manualSeed, nn, noGrad, optim, randn } from 'sconce'

// A small network learns a wave from noisy samples of it.

manualSeed(1)
const x = linspace(-3, 3, 120).unsqueeze(1)
const y = x.mul(2).sin().add(x.mul(0.3)).add(randn(120, 1).mul(0.15))

const first = new nn.Sequential(new nn.Linear(1, 24), new nn.Tanh())
const net = new nn.Sequential(first, new nn.Linear(24, 24), new nn.Tanh(), new nn.Linear(24, 1))
const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 })

for (let step = 1; step <= 300; step++) {
  const fit = net.call(x)
  const loss = nn.functional.mseLoss(fit, y)
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  if (step % 5 === 0) {
    plot('loss', step, loss, { log: true })
    curves('wave', x, { samples: y, network: fit })
  }
  if (step % 50 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)
}

const seen = noGrad(() => first.call(x))
show('activations over x', seen.t())
