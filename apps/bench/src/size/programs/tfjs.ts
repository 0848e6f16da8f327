import * as tf from '@tensorflow/tfjs'

/** The same in TensorFlow.js. */
export async function train(backend: string): Promise<void> {
  tf.enableProdMode()
  await tf.setBackend(backend)
  const [x, y] = [tf.randomNormal([100, 3]), tf.randomNormal([100, 1])]
  const [w1, b1] = [tf.variable(tf.randomNormal([3, 32])), tf.variable(tf.zeros([1, 32]))]
  const [w2, b2] = [tf.variable(tf.randomNormal([32, 1])), tf.variable(tf.zeros([1, 1]))]
  const optimizer = tf.train.sgd(1e-4)
  for (let step = 0; step < 10; step++) {
    optimizer.minimize(() => {
      const hidden = tf.relu(tf.add(tf.matMul(x, w1), b1))
      return tf.mean(tf.square(tf.sub(tf.add(tf.matMul(hidden, w2), b2), y)))
    })
  }
}
