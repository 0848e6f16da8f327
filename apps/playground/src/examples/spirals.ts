import { plot, show } from 'playground'
import {
  arange,
  cat,
  linspace,
  manualSeed,
  nn,
  noGrad,
  optim,
  randn,
  stack,
  type Tensor,
} from 'sconce'

// Two spirals, told apart by a network; the picture is what it makes of every place.

const perSpiral = 100
manualSeed(1)
const turn = linspace(0.5, 9, perSpiral)
const spiral = (direction: number): Tensor =>
  stack([turn.cos(), turn.sin()], 1)
    .mul(turn.unsqueeze(1))
    .mul(direction / 9)
const points = cat([spiral(1), spiral(-1)]).add(randn(2 * perSpiral, 2).mul(0.02))
const labels = arange(2 * perSpiral)
  .ge(perSpiral)
  .to('float32')

const net = new nn.Sequential(
  new nn.Linear(2, 32),
  new nn.Tanh(),
  new nn.Linear(32, 32),
  new nn.Tanh(),
  new nn.Linear(32, 1),
)
const optimizer = new optim.Adam(net.parameters(), { lr: 0.02 })

const side = 64
const line = linspace(-1, 1, side)
const places = stack(
  [line.unsqueeze(0).expand(side, side), line.neg().unsqueeze(1).expand(side, side)],
  2,
).view(-1, 2)

for (let step = 1; step <= 300; step++) {
  const scores = net.call(points).squeeze(1)
  const loss = nn.functional.binaryCrossEntropyWithLogits(scores, labels)
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  if (step % 10 === 0) {
    const right = scores.gt(0).eq(labels.gt(0.5)).to('float32').mean()
    plot('training', step, { loss, right })
    const seen = noGrad(() => net.call(places).tanh().view(side, side))
    show('which spiral', seen, { min: -1, max: 1 })
  }
  if (step % 50 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)
}
