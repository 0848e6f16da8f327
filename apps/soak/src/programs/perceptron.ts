import { manualSeed, nn, optim, randn } from 'sconce'
import type { Program } from './program.ts'

/** 3-32-1 on a hundred samples, with Adam. */
export const perceptron: Program = {
  name: 'perceptron',
  steps: 10_000,
  start() {
    manualSeed(1)
    const first = new nn.Linear(3, 32)
    const second = new nn.Linear(32, 1)
    const net = new nn.Sequential(first, new nn.ReLU(), second)
    const [inputs, targets] = [randn(100, 3), randn(100, 1)]
    const optimizer = new optim.Adam(net.parameters(), { lr: 1e-3 })
    return {
      net,
      optimizer,
      loss() {
        const hidden = first.call(inputs).relu()
        return { hidden, loss: nn.functional.mseLoss(second.call(hidden), targets) }
      },
    }
  },
}
