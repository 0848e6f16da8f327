import * as jax from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs'
import { uniformData } from './inputs.ts'

/** Training steps of the peers, as their documentation writes them. */

type Arrays = Record<string, jax.Array>
export type Shapes = Readonly<Record<string, readonly number[]>>

/** Small numbers to start from; the same for every library. */
export function weight(shape: readonly number[], seed: number): Float32Array<ArrayBuffer> {
  const inner = shape.length > 1 ? shape.reduce((a, b) => a * b, 1) / Math.max(...shape) : 1
  const bound = shape.length > 1 ? 1 / Math.sqrt(inner) : 0
  return uniformData(shape, seed).map((v) => v * bound)
}

/** Variables of the given shapes, by name. */
export const tfVariables = (shapes: Shapes): Record<string, tf.Variable> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [
      name,
      tf.variable(tf.tensor(weight(shape, i), [...shape])),
    ]),
  )

/** A step of TensorFlow.js: gradients of the loss with respect to all variables, then the update. */
export const tfStep = (
  optimizer: tf.Optimizer,
  variables: Record<string, tf.Variable>,
  loss: () => tf.Tensor,
) => {
  const list = Object.values(variables)
  return (): void => {
    optimizer.minimize(() => loss().asScalar(), false, list)
  }
}

/** Arrays of the given shapes, by name. */
export const jaxParameters = (shapes: Shapes): Arrays =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape], i) => [
      name,
      jax.numpy.array(weight(shape, i)).reshape([...shape]),
    ]),
  )

/** How an optimizer of jax-js changes the parameters; consumes all it is given. */
export interface JaxOptimizer {
  readonly state: (parameters: Arrays) => Arrays
  readonly update: (parameters: Arrays, gradients: Arrays, state: Arrays) => [Arrays, Arrays]
}

/** Plain gradient descent. */
export const jaxSgd = (rate: number): JaxOptimizer => ({
  state: () => ({}),
  update: (parameters, gradients) => [
    mapNames(parameters, (name) => parameters[name].sub(gradients[name].mul(rate))),
    {},
  ],
})

/** Adam without the correction of its start, which after some steps is 1. */
export const jaxAdam = (rate: number): JaxOptimizer => ({
  state: (parameters) => {
    const zeros = (tag: string) =>
      Object.entries(parameters).map(([name, p]) => [tag + name, jax.numpy.zeros([...p.shape])])
    return Object.fromEntries([...zeros('m:'), ...zeros('v:')]) as Arrays
  },
  update: (parameters, gradients, state) => {
    const next: Arrays = {}
    const updated = mapNames(parameters, (name) => {
      const g = gradients[name]
      const m = state[`m:${name}`].mul(0.9).add(g.ref.mul(0.1))
      const v = state[`v:${name}`].mul(0.999).add(g.ref.mul(g).mul(0.001))
      next[`m:${name}`] = m.ref
      next[`v:${name}`] = v.ref
      return parameters[name].sub(m.div(jax.numpy.sqrt(v).add(1e-8)).mul(rate))
    })
    return [updated, next]
  },
})

const mapNames = (from: Arrays, f: (name: string) => jax.Array): Arrays =>
  Object.fromEntries(Object.keys(from).map((name) => [name, f(name)]))

/** A step of jax-js, compiled as a whole: loss, gradients and update. `loss` consumes its arguments. */
export function jaxStep(
  { state, update }: JaxOptimizer,
  shapes: Shapes,
  data: Arrays,
  loss: (parameters: Arrays, data: Arrays) => jax.Array,
): () => Promise<void> {
  let parameters = jaxParameters(shapes)
  let kept = state(parameters)
  const step = jax.jit((p: Arrays, s: Arrays, d: Arrays) => {
    const [value, gradients] = jax.valueAndGrad(loss)(jax.tree.ref(p), d)
    const [nextP, nextS] = update(p, gradients as Arrays, s)
    return { value, nextP, nextS }
  })
  return async () => {
    const result = step(parameters, kept, jax.tree.ref(data))
    parameters = result.nextP as Arrays
    kept = result.nextS as Arrays
    await jax.blockUntilReady([result.value, parameters, kept])
    ;(result.value as jax.Array).dispose()
  }
}
