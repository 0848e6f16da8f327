import * as jax from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs'
import { nn, optim } from 'sconce'
import { program } from '../row.ts'
import { jaxAdam, jaxStep, type Shapes, tfStep, tfVariables } from '../training.ts'
import { jaxData, sconceData, tfData } from './data.ts'

const [batch, length, width, heads, inner] = [8, 64, 128, 4, 512]
const each = width / heads
const input = [batch, length, width] as const
const shapes: Shapes = {
  q: [width, width],
  k: [width, width],
  v: [width, width],
  o: [width, width],
  up: [width, inner],
  upBias: [inner],
  down: [inner, width],
  downBias: [width],
  scale1: [width],
  shift1: [width],
  scale2: [width],
  shift2: [width],
}

function tfBlock(p: Record<string, tf.Variable>, x: tf.Tensor): tf.Tensor {
  const apart = (t: tf.Tensor) =>
    tf.transpose(tf.reshape(t, [batch, length, heads, each]), [0, 2, 1, 3])
  const project = (t: tf.Tensor, w: tf.Tensor) => tf.matMul(tf.reshape(t, [batch * length, -1]), w)
  const norm = (t: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) => {
    const { mean, variance } = tf.moments(t, -1, true)
    return tf.add(tf.mul(tf.mul(tf.sub(t, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale), shift)
  }
  const [q, k, v] = [p.q, p.k, p.v].map((w) => apart(project(x, w)))
  const weights = tf.softmax(tf.div(tf.matMul(q, k, false, true), Math.sqrt(each)))
  const joined = tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3])
  const attended = tf.reshape(project(joined, p.o), [...input])
  const first = norm(tf.add(x, attended), p.scale1, p.shift1)
  const wide = tf.relu(tf.add(project(first, p.up), p.upBias))
  const narrow = tf.reshape(tf.add(tf.matMul(wide, p.down), p.downBias), [...input])
  return norm(tf.add(first, narrow), p.scale2, p.shift2)
}

function jaxBlock(p: Record<string, jax.Array>, x: jax.Array): jax.Array {
  const { numpy: np } = jax
  const norm = (t: jax.Array, scale: jax.Array, shift: jax.Array) =>
    jax.nn.standardize(t, -1, { epsilon: 1e-5 }).mul(scale).add(shift)
  const project = (w: jax.Array) => np.matmul(x.ref, w).reshape([batch, length, heads, each])
  const [q, k, v] = [project(p.q), project(p.k), project(p.v)]
  const joined = jax.nn.dotProductAttention(q, k, v).reshape([...input])
  const first = norm(x.add(np.matmul(joined, p.o)), p.scale1, p.shift1)
  const wide = jax.nn.relu(np.matmul(first.ref, p.up).add(p.upBias))
  return norm(first.add(np.matmul(wide, p.down).add(p.downBias)), p.scale2, p.shift2)
}

/** A block of a transformer: attention of four heads, a layer of 512, norms after each. */
export const transformer = program(`transformer block ${width}, ${batch} × ${length}, Adam`, {
  sconce: () => {
    const x = sconceData(input, 1)
    const net = new nn.TransformerEncoderLayer(width, heads, {
      dimFeedforward: inner,
      dropout: 0,
      batchFirst: true,
    })
    const opt = new optim.Adam(net.parameters())
    return () => {
      opt.zeroGrad()
      net.call(x).square().mean().backward()
      opt.step()
    }
  },
  tfjs: () => {
    const x = tfData(input, 1)
    const variables = tfVariables(shapes)
    return tfStep(tf.train.adam(0.001), variables, () => tf.mean(tf.square(tfBlock(variables, x))))
  },
  jax: () => {
    const data = { x: jaxData(input, 1) }
    return jaxStep(jaxAdam(0.001), shapes, data, (p, { x }) =>
      jax.numpy.mean(jax.numpy.square(jaxBlock(p, x))),
    )
  },
  torch: `
x = torch.rand(${batch}, ${length}, ${width})
net = torch.nn.TransformerEncoderLayer(${width}, ${heads}, ${inner}, dropout=0, batch_first=True)
opt = torch.optim.Adam(net.parameters())
def step():
    opt.zero_grad()
    net(x).square().mean().backward()
    opt.step()
`,
})
