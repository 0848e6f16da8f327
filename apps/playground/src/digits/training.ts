import { nn, noGrad, optim, randperm, type Tensor } from 'sconce'
import type { Digits } from './data.ts'
import type { DigitNetwork } from './network.ts'

const BATCH = 64

export interface Step {
  /** Counts from 1 over all epochs. */
  readonly step: number
  readonly steps: number
  readonly loss: number
  readonly images: Tensor
}

export interface TrainingOptions {
  readonly epochs: number
  /** Changes the images of a batch, to make more of them. */
  readonly augment?: (images: Tensor) => Tensor
}

/**
 * Trains the network with Adam and a schedule of one cycle, a step each time that the next is asked for.
 */
export function* training(
  net: DigitNetwork,
  { images, labels }: Digits,
  { epochs, augment = (images) => images }: TrainingOptions,
): Generator<Step, void, undefined> {
  const perEpoch = Math.floor(labels.numel() / BATCH)
  const steps = epochs * perEpoch
  const optimizer = new optim.Adam(net.parameters())
  const schedule = new optim.lrScheduler.OneCycleLR(optimizer, { maxLr: 6e-3, totalSteps: steps })
  let step = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = randperm(labels.numel(), { dtype: 'int32' })
    for (let i = 0; i < perEpoch; i++) {
      const chosen = order.narrow(0, i * BATCH, BATCH)
      const batch = augment(images.indexSelect(0, chosen))
      net.train()
      const loss = nn.functional.crossEntropy(net.call(batch), labels.indexSelect(0, chosen))
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      schedule.step()
      yield { step: ++step, steps, loss: loss.item(), images: batch }
    }
  }
}

/** The share of digits that the network recognises. */
export function accuracyOf(net: DigitNetwork, { images, labels }: Digits): number {
  net.eval()
  return noGrad(() => {
    const right = images
      .split(500)
      .map((part, i) =>
        net
          .call(part)
          .argmax(1)
          .eq(labels.narrow(0, i * 500, part.size(0))),
      )
      .map((equal) => Number(equal.sum().item()))
    return right.reduce((sum, count) => sum + count, 0) / labels.numel()
  })
}
