import * as jax from '@jax-js/jax'

type Parameters = { w1: jax.Array; b1: jax.Array; w2: jax.Array; b2: jax.Array }

/** The same in jax-js. */
await jax.init('wasm')
const { numpy: np, random } = jax
const normal = (seed: number, shape: number[]) => random.normal(random.key(seed), shape)
const [x, y] = [normal(1, [100, 3]), normal(2, [100, 1])]
const loss = ({ w1, b1, w2, b2 }: Parameters, input: jax.Array, target: jax.Array) => {
  const hidden = jax.nn.relu(np.matmul(input, w1).add(b1))
  return np.mean(np.square(np.matmul(hidden, w2).add(b2).sub(target)))
}
const update = jax.jit((p: Parameters, input: jax.Array, target: jax.Array) => {
  const g = jax.grad(loss)(jax.tree.ref(p), input, target) as Parameters
  return {
    w1: p.w1.sub(g.w1.mul(1e-4)),
    b1: p.b1.sub(g.b1.mul(1e-4)),
    w2: p.w2.sub(g.w2.mul(1e-4)),
    b2: p.b2.sub(g.b2.mul(1e-4)),
  }
})
let weights: Parameters = {
  w1: normal(3, [3, 32]),
  b1: np.zeros([1, 32]),
  w2: normal(4, [32, 1]),
  b2: np.zeros([1, 1]),
}
for (let step = 0; step < 10; step++) weights = update(weights, x.ref, y.ref) as Parameters
await jax.blockUntilReady(weights)
console.log(performance.now())
