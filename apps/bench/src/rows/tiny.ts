import * as jax from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs'
import { fromTypedArray, noGrad, ones, type Tensor, zeros } from 'sconce'
import { uniformData } from './inputs.ts'
import { program, type Row } from './row.ts'
import { jaxSgd, jaxStep, tfStep, tfVariables, weight } from './training.ts'

const { numpy: np } = jax

/** A call of jax-js, compiled, on two constants of 2 × 2. */
const jaxPair = (f: (a: jax.Array, b: jax.Array) => jax.Array) => () => {
  const [a, b] = [np.ones([2, 2]), np.ones([2, 2])]
  const call = jax.jit(f)
  return async () => {
    const result = call(a.ref, b.ref)
    await result.blockUntilReady()
    result.dispose()
  }
}

const torchPair = (expression: string, requiresGrad = 'False') => `
a = torch.ones(2, 2, requires_grad=${requiresGrad})
b = torch.ones(2, 2)
def step():
    return ${expression}
`

/** Ops so small that only the way to the kernel costs anything. */
const ops: readonly Row[] = [
  program('add 2×2', {
    sconce: () => {
      const [a, b] = [ones(2, 2), ones(2, 2)]
      return () => void a.add(b)
    },
    tfjs: () => {
      const [a, b] = [tf.ones([2, 2]), tf.ones([2, 2])]
      return () => tf.add(a, b).dispose()
    },
    jax: jaxPair((a, b) => a.add(b)),
    torch: torchPair('a.add(b)'),
  }),
  program('add 2×2, recorded', {
    sconce: () => {
      const a = ones(2, 2, { requiresGrad: true })
      const b = ones(2, 2)
      return () => void a.add(b)
    },
    torch: torchPair('a.add(b)', 'True'),
  }),
  program('mm 2×2', {
    sconce: () => {
      const [a, b] = [ones(2, 2), ones(2, 2)]
      return () => void a.mm(b)
    },
    tfjs: () => {
      const [a, b] = [tf.ones([2, 2]), tf.ones([2, 2])]
      return () => tf.matMul(a, b).dispose()
    },
    jax: jaxPair((a, b) => np.matmul(a, b)),
    torch: torchPair('a.mm(b)'),
  }),
  program('sum 2×2', {
    sconce: () => {
      const a = ones(2, 2)
      return () => void a.sum()
    },
    tfjs: () => {
      const a = tf.ones([2, 2])
      return () => tf.sum(a).dispose()
    },
    torch: torchPair('a.sum()'),
  }),
]

const rate = 1e-4
const shapes = { w1: [3, 32], b1: [1, 32], w2: [32, 1], b2: [1, 1] } as const
const samples = { x: [100, 3], y: [100, 1] } as const

function sconceStep(): () => void {
  const input = fromTypedArray(uniformData(samples.x, 0), samples.x)
  const target = fromTypedArray(uniformData(samples.y, 1), samples.y)
  const [w1, b1, w2, b2] = Object.values(shapes).map((shape, i) =>
    fromTypedArray(weight(shape, i), shape).requiresGrad_(),
  )
  const zeroed = (t: Tensor): Tensor => t.grad ?? zeros(...t.shape)
  return () => {
    const loss = input.mm(w1).add(b1).clamp({ min: 0 }).mm(w2).add(b2).sub(target).pow(2).mean()
    loss.backward()
    noGrad(() => {
      for (const w of [w1, b1, w2, b2]) {
        const g = zeroed(w)
        w.sub_(g.mul(rate))
        g.zero_()
      }
    })
  }
}

/** A step of the network 3-32-1 on 100 samples, written with tensors alone. */
export const regression = program('training step 3-32-1', {
  sconce: sconceStep,
  tfjs: () => {
    const variables = tfVariables(shapes)
    const { w1, b1, w2, b2 } = variables
    const input = tf.tensor(uniformData(samples.x, 0), [...samples.x])
    const target = tf.tensor(uniformData(samples.y, 1), [...samples.y])
    const predicted = () => tf.add(tf.matMul(tf.relu(tf.add(tf.matMul(input, w1), b1)), w2), b2)
    return tfStep(tf.train.sgd(rate), variables, () =>
      tf.mean(tf.square(tf.sub(predicted(), target))),
    )
  },
  jax: () => {
    const data = {
      x: np.array(uniformData(samples.x, 0)).reshape([...samples.x]),
      y: np.array(uniformData(samples.y, 1)).reshape([...samples.y]),
    }
    return jaxStep(jaxSgd(rate), shapes, data, ({ w1, b1, w2, b2 }, d) => {
      const hidden = jax.nn.relu(np.matmul(d.x, w1).add(b1))
      return np.mean(np.square(np.matmul(hidden, w2).add(b2).sub(d.y)))
    })
  },
  torch: `
x, y = torch.randn(100, 3), torch.randn(100, 1)
w1, b1 = torch.randn(3, 32, requires_grad=True), torch.zeros(1, 32, requires_grad=True)
w2, b2 = torch.randn(32, 1, requires_grad=True), torch.zeros(1, 1, requires_grad=True)
def step():
    loss = (x.mm(w1).add(b1).clamp(min=0).mm(w2).add(b2) - y).pow(2).mean()
    loss.backward()
    with torch.no_grad():
        for w in (w1, b1, w2, b2):
            w.sub_(w.grad * ${rate})
            w.grad.zero_()
`,
})

export const tiny: readonly Row[] = [...ops, regression]
