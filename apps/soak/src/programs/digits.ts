import { manualSeed, nn, optim, rand, randint, type Tensor } from 'sconce'
import type { Program } from './program.ts'

const batch = 4
const batches = 16

/** The convolutional network for MNIST, on noise of the same shape: memory does not care for the digits. */
export const digits: Program = {
  name: 'digits',
  steps: 2000,
  start() {
    manualSeed(2)
    const features = new nn.Sequential(
      new nn.Conv2d(1, 16, 3),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Conv2d(16, 32, 3),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
    )
    const head = new nn.Sequential(
      new nn.Linear(32 * 5 * 5, 128),
      new nn.ReLU(),
      new nn.Linear(128, 10),
    )
    const net = new nn.Sequential(features, head)
    const data = Array.from({ length: batches }, (): [Tensor, Tensor] => [
      rand(batch, 1, 28, 28),
      randint(10, [batch]),
    ])
    const optimizer = new optim.Adam(net.parameters())
    return {
      net,
      optimizer,
      loss(step) {
        const [images, labels] = data[step % batches]
        const hidden = features.call(images)
        return { hidden, loss: nn.functional.crossEntropy(head.call(hidden), labels) }
      },
    }
  },
}
