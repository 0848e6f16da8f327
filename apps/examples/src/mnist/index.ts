import { cat, data, manualSeed, nn, noGrad, optim, type Tensor } from 'sconce'
import { progress, writeResult } from '#platform'
import { accuracyOf, confusionMatrix, confusionPicture, confusionText } from '../confusion.ts'
import type { Example, ExampleOptions } from '../options.ts'
import { type Digits, digits } from './data.ts'

/** Two convolutions, each followed by a pool, and two linear layers. */
export const digitNetwork = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv2d(1, 16, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(16, 32, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(32 * 5 * 5, 128),
    new nn.ReLU(),
    new nn.Linear(128, 10),
  )

/** Bytes as numbers around zero: the mean and deviation are those of all pixels of MNIST. */
const normalized = (images: Tensor): Tensor => images.to('float32').div(255).sub(0.1307).div(0.3081)

function train(net: nn.Sequential, samples: Digits, epochs: number): void {
  const loader = new data.DataLoader(samples, { batchSize: 64, shuffle: true })
  const optimizer = new optim.Adam(net.parameters())
  const schedule = new optim.lrScheduler.OneCycleLR(optimizer, {
    maxLr: 4e-3,
    totalSteps: epochs * loader.length,
  })
  net.train()
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const bar = progress(loader, { label: `epoch ${epoch}` })
    let sum = 0
    for (const [images, labels] of bar) {
      const loss = nn.functional.crossEntropy(net.call(normalized(images)), labels)
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      schedule.step()
      const value = loss.item()
      sum += value
      bar.show({ loss: value })
    }
    console.log(`epoch ${epoch}  loss ${(sum / loader.length).toFixed(4)}`)
  }
}

/** The confusion matrix of a trained network. */
function test(net: nn.Sequential, samples: Digits): Tensor {
  net.eval()
  const loader = new data.DataLoader(samples, { batchSize: 500 })
  const predicted = noGrad(() =>
    Array.from(loader, ([images]) => net.call(normalized(images)).argmax(1)),
  )
  return confusionMatrix(samples.tensors[1], cat(predicted), 10)
}

/** Trains the network; returns the confusion matrix of the test images. */
export async function learnDigits({
  epochs = 3,
  samples,
}: Omit<ExampleOptions, 'device'>): Promise<Tensor> {
  manualSeed(1)
  const net = digitNetwork()
  train(net, await digits('train', samples), epochs)
  return test(net, await digits('t10k', samples))
}

export const mnist: Example = {
  title: 'Handwritten digits with a convolutional network',
  async run(options) {
    const matrix = await learnDigits(options)
    console.log(confusionText(matrix, [...'0123456789']))
    console.log(`accuracy ${(100 * accuracyOf(matrix)).toFixed(2)} %`)
    const path = await writeResult('mnist-confusion.png', await confusionPicture(matrix))
    console.log(`the same as a picture: ${path}`)
  },
}
