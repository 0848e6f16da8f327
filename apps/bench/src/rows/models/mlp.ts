import * as jax from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs'
import { functional, nn, optim } from 'sconce'
import { type Program, program } from '../row.ts'
import { jaxAdam, jaxSgd, jaxStep, tfStep, tfVariables } from '../training.ts'
import {
  jaxCrossEntropy,
  jaxData,
  jaxLabels,
  sconceData,
  sconceLabels,
  tfCrossEntropy,
  tfData,
  tfLabels,
} from './data.ts'

const batch = 128
const input = [batch, 784] as const
const shapes = {
  w1: [784, 256],
  b1: [256],
  w2: [256, 128],
  b2: [128],
  w3: [128, 10],
  b3: [10],
} as const

const optimizers = {
  SGD: {
    sconce: (net: nn.Module) => new optim.SGD(net.parameters(), { lr: 0.01 }),
    tfjs: () => tf.train.sgd(0.01),
    jax: jaxSgd(0.01),
    torch: 'torch.optim.SGD(net.parameters(), lr=0.01)',
  },
  Adam: {
    sconce: (net: nn.Module) => new optim.Adam(net.parameters()),
    tfjs: () => tf.train.adam(0.001),
    jax: jaxAdam(0.001),
    torch: 'torch.optim.Adam(net.parameters())',
  },
} as const

function step(name: keyof typeof optimizers): Program {
  const optimizer = optimizers[name]
  return program(`MLP 784-256-128-10, batch ${batch}, ${name}`, {
    sconce: () => {
      const [x, labels] = [sconceData(input, 1), sconceLabels(batch)]
      const net = new nn.Sequential(
        new nn.Linear(784, 256),
        new nn.ReLU(),
        new nn.Linear(256, 128),
        new nn.ReLU(),
        new nn.Linear(128, 10),
      )
      const opt = optimizer.sconce(net)
      return () => {
        opt.zeroGrad()
        functional.crossEntropy(net.call(x), labels).backward()
        opt.step()
      }
    },
    tfjs: () => {
      const [x, labels] = [tfData(input, 1), tfLabels(batch)]
      const variables = tfVariables(shapes)
      const { w1, b1, w2, b2, w3, b3 } = variables
      return tfStep(optimizer.tfjs(), variables, () => {
        const h1 = tf.relu(tf.add(tf.matMul(x, w1), b1))
        const h2 = tf.relu(tf.add(tf.matMul(h1, w2), b2))
        return tfCrossEntropy(tf.add(tf.matMul(h2, w3), b3), labels)
      })
    },
    jax: () => {
      const data = { x: jaxData(input, 1), labels: jaxLabels(batch) }
      return jaxStep(optimizer.jax, shapes, data, ({ w1, b1, w2, b2, w3, b3 }, { x, labels }) => {
        const h1 = jax.nn.relu(jax.numpy.matmul(x, w1).add(b1))
        const h2 = jax.nn.relu(jax.numpy.matmul(h1, w2).add(b2))
        return jaxCrossEntropy(jax.numpy.matmul(h2, w3).add(b3), labels)
      })
    },
    torch: `
x, labels = torch.rand(${batch}, 784), torch.randint(10, (${batch},))
net = torch.nn.Sequential(
    torch.nn.Linear(784, 256), torch.nn.ReLU(),
    torch.nn.Linear(256, 128), torch.nn.ReLU(),
    torch.nn.Linear(128, 10))
opt = ${optimizer.torch}
def step():
    opt.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    opt.step()
`,
  })
}

/** A perceptron of three layers on digits. */
export const mlp: readonly Program[] = [step('SGD'), step('Adam')]
