import * as jax from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs'
import { nn, optim } from 'sconce'
import { program } from '../row.ts'
import { jaxSgd, jaxStep, tfStep, tfVariables } from '../training.ts'
import { jaxData, sconceData, tfData } from './data.ts'

const [batch, length, width, hidden] = [32, 32, 64, 128]
const rate = 0.01
const shapes = { w: [width + hidden, 4 * hidden], b: [4 * hidden] } as const
const state = [batch, hidden] as const

/** Splits the gates of a cell, whose columns lie side by side. */
const gates = <T>(part: (i: number) => T): [T, T, T, T] => [part(0), part(1), part(2), part(3)]

/** A layer of long short-term memory over whole sequences, unrolled where the library has no layer. */
export const lstm = program(`LSTM ${width}-${hidden}, ${batch} × ${length}, SGD`, {
  sconce: () => {
    const x = sconceData([length, batch, width], 1)
    const net = new nn.LSTM(width, hidden)
    const opt = new optim.SGD(net.parameters(), { lr: rate })
    return () => {
      opt.zeroGrad()
      net.call(x)[0].square().mean().backward()
      opt.step()
    }
  },
  tfjs: () => {
    const steps = tf.unstack(tfData([length, batch, width], 1)) as tf.Tensor2D[]
    const variables = tfVariables(shapes)
    const w = variables.w as tf.Tensor as tf.Tensor2D
    const b = variables.b as tf.Tensor as tf.Tensor1D
    const zeros = tf.zeros<tf.Rank.R2>([...state])
    const forget = tf.scalar(0)
    return tfStep(tf.train.sgd(rate), variables, () => {
      let [c, h] = [zeros, zeros]
      const outputs = steps.map((x) => {
        ;[c, h] = tf.basicLSTMCell(forget, w, b, x, c, h)
        return h
      })
      return tf.mean(tf.square(tf.stack(outputs)))
    })
  },
  jax: () => {
    const data = { x: jaxData([length, batch, width], 1) }
    const { numpy: np } = jax
    return jaxStep(jaxSgd(rate), shapes, data, ({ w, b }, { x }) => {
      let h = np.zeros([...state])
      let c = np.zeros([...state])
      const outputs: jax.Array[] = []
      for (let t = 0; t < length; t++) {
        const joined = np.concatenate([x.ref.slice(t), h], 1)
        const all = np.matmul(joined, w.ref).add(b.ref)
        const [i, f, g, o] = gates((k) => all.ref.slice([], [k * hidden, (k + 1) * hidden]))
        all.dispose()
        c = jax.nn
          .sigmoid(f)
          .mul(c)
          .add(jax.nn.sigmoid(i).mul(np.tanh(g)))
        h = jax.nn.sigmoid(o).mul(np.tanh(c.ref))
        outputs.push(h.ref)
      }
      for (const used of [x, w, b, h, c]) used.dispose()
      return np.mean(np.square(np.stack(outputs)))
    })
  },
  torch: `
x = torch.rand(${length}, ${batch}, ${width})
net = torch.nn.LSTM(${width}, ${hidden})
opt = torch.optim.SGD(net.parameters(), lr=${rate})
def step():
    opt.zero_grad()
    net(x)[0].square().mean().backward()
    opt.step()
`,
})
