import * as jax from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs'
import { functional, nn, optim } from 'sconce'
import { program } from '../row.ts'
import { jaxSgd, jaxStep, tfStep, tfVariables } from '../training.ts'
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

const batch = 32
const rate = 0.01
const flat = 64 * 12 * 12
const dense = { w1: [flat, 128], b1: [128], w2: [128, 10], b2: [10] } as const

const jaxConv = (x: jax.Array, w: jax.Array) => jax.lax.convGeneralDilated(x, w, [1, 1], 'VALID')

/** A convolutional network on digits: 3×3 convolutions to 32 and 64 channels, a pool, two dense layers. */
export const cnn = program(`CNN 32-64-fc128, batch ${batch}, SGD`, {
  sconce: () => {
    const [x, labels] = [sconceData([batch, 1, 28, 28], 1), sconceLabels(batch)]
    const net = new nn.Sequential(
      new nn.Conv2d(1, 32, 3),
      new nn.ReLU(),
      new nn.Conv2d(32, 64, 3),
      new nn.ReLU(),
      new nn.MaxPool2d(2),
      new nn.Flatten(),
      new nn.Linear(flat, 128),
      new nn.ReLU(),
      new nn.Linear(128, 10),
    )
    const opt = new optim.SGD(net.parameters(), { lr: rate })
    return () => {
      opt.zeroGrad()
      functional.crossEntropy(net.call(x), labels).backward()
      opt.step()
    }
  },
  tfjs: () => {
    const [x, labels] = [tfData([batch, 28, 28, 1], 1) as tf.Tensor4D, tfLabels(batch)]
    const variables = tfVariables({
      c1: [3, 3, 1, 32],
      d1: [32],
      c2: [3, 3, 32, 64],
      d2: [64],
      ...dense,
    })
    const { c1, d1, c2, d2, w1, b1, w2, b2 } = variables
    const conv = (image: tf.Tensor, w: tf.Variable, b: tf.Variable) =>
      tf.relu(tf.add(tf.conv2d(image as tf.Tensor4D, w as tf.Tensor as tf.Tensor4D, 1, 'valid'), b))
    return tfStep(tf.train.sgd(rate), variables, () => {
      const features = conv(conv(x, c1, d1), c2, d2) as tf.Tensor4D
      const pooled = tf.reshape(tf.maxPool(features, 2, 2, 'valid'), [batch, flat])
      const hidden = tf.relu(tf.add(tf.matMul(pooled, w1), b1))
      return tfCrossEntropy(tf.add(tf.matMul(hidden, w2), b2), labels)
    })
  },
  jax: () => {
    const shapes = {
      c1: [32, 1, 3, 3],
      d1: [1, 32, 1, 1],
      c2: [64, 32, 3, 3],
      d2: [1, 64, 1, 1],
      ...dense,
    }
    const data = { x: jaxData([batch, 1, 28, 28], 1), labels: jaxLabels(batch) }
    return jaxStep(jaxSgd(rate), shapes, data, ({ c1, d1, c2, d2, w1, b1, w2, b2 }, d) => {
      const first = jax.nn.relu(jaxConv(d.x, c1).add(d1))
      const second = jax.nn.relu(jaxConv(first, c2).add(d2))
      // A pool of windows that don't overlap.
      const windows = second.reshape([batch, 64, 12, 2, 12, 2])
      const pooled = jax.numpy.max(windows, [3, 5]).reshape([batch, flat])
      const hidden = jax.nn.relu(jax.numpy.matmul(pooled, w1).add(b1))
      return jaxCrossEntropy(jax.numpy.matmul(hidden, w2).add(b2), d.labels)
    })
  },
  torch: `
x, labels = torch.rand(${batch}, 1, 28, 28), torch.randint(10, (${batch},))
net = torch.nn.Sequential(
    torch.nn.Conv2d(1, 32, 3), torch.nn.ReLU(),
    torch.nn.Conv2d(32, 64, 3), torch.nn.ReLU(),
    torch.nn.MaxPool2d(2), torch.nn.Flatten(),
    torch.nn.Linear(${flat}, 128), torch.nn.ReLU(),
    torch.nn.Linear(128, 10))
opt = torch.optim.SGD(net.parameters(), lr=${rate})
def step():
    opt.zero_grad()
    F.cross_entropy(net(x), labels).backward()
    opt.step()
`,
})
