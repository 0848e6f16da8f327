/** Small training programs, the same on every device. */
import '@sconce/autograd'
import { noGrad } from '@sconce/autograd'
import { manualSeed, randint, randn, type Tensor, zeros } from '@sconce/core'
import * as nn from '@sconce/nn'
import * as optim from '@sconce/optim'

export interface Training {
  readonly parameters: readonly Tensor[]
  /** One step on the data; gives the loss. */
  step(): Tensor
  /** After a loss: makes the data again, as they were, and forgets gradients. */
  reload(): void
}

const filled = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))

/** A network 3-32-1, by hand: no module, no optimizer. */
export function perceptron(device: string, rate = 0.02): Training {
  manualSeed(7)
  const draw = (...shape: number[]) => randn(shape, { device })
  const weights = [draw(3, 32), zeros([1, 32], { device }), draw(32, 1), zeros([1, 1], { device })]
  const data = () => {
    manualSeed(8)
    const x = draw(100, 3)
    return [x, x.sum(1, true).add(draw(100, 1).mul(0.1))]
  }
  for (const weight of weights) weight.requiresGrad_()
  const [w1, b1, w2, b2] = weights
  let [x, y] = data()
  return {
    parameters: weights,
    step() {
      const loss = x.mm(w1).add(b1).clamp({ min: 0 }).mm(w2).add(b2).sub(y).pow(2).mean()
      loss.backward()
      noGrad(() => {
        for (const weight of weights) {
          if (!weight.grad) throw new Error('there is no gradient')
          weight.sub_(weight.grad.mul(rate))
          weight.grad.zero_()
        }
      })
      return loss
    },
    reload() {
      for (const weight of weights) weight.grad = null
      ;[x, y] = data()
    },
  }
}

/** Two convolutions, a pool and a dense layer, on noise that is to be told apart. */
export function convolutional(device: string): Training {
  manualSeed(9)
  const net = new nn.Sequential(
    new nn.Conv2d(1, 6, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(6, 8, 3),
    new nn.Tanh(),
    new nn.Flatten(),
    new nn.Linear(8 * 4 * 4, 4),
  )
  net.to(device)
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.5 })
  const data = () => {
    manualSeed(10)
    return [randn([16, 1, 12, 12], { device }), randint(0, 4, [16], { device })]
  }
  let [x, labels] = data()
  return {
    parameters: [...net.parameters()],
    step() {
      optimizer.zeroGrad()
      const loss = nn.functional.crossEntropy(net.call(x), labels)
      loss.backward()
      optimizer.step()
      return loss
    },
    reload() {
      optimizer.zeroGrad({ setToNone: true })
      ;[x, labels] = data()
    },
  }
}

/** The losses of some steps. */
export function train(training: Training, steps: number): number[] {
  const losses = filled(steps, () => training.step())
  return losses.map((loss) => loss.item())
}
