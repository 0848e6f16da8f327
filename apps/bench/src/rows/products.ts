import * as jax from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs'
import { uniform } from './inputs.ts'
import { expression, onnx, type Row } from './row.ts'

const { numpy: np } = jax

function matmul(m: number, k: number, n: number, name = `${m}`): Row[] {
  return expression(
    `matmul ${name}`,
    { a: uniform(m, k), b: uniform(k, n) },
    {
      sconce: ({ a, b }) => a.mm(b),
      tfjs: ({ a, b }) => tf.matMul(a, b),
      jax: ({ a, b }) => np.matmul(a, b),
      ort: onnx('MatMul', ['a', 'b']),
      torch: 'a.mm(b)',
    },
    { flops: 2 * m * k * n },
  )
}

const square = (size: number): Row[] => matmul(size, size, size)

function batched(count: number, size: number): Row[] {
  return expression(
    `matmul ${count} × ${size}`,
    { a: uniform(count, size, size), b: uniform(count, size, size) },
    {
      sconce: ({ a, b }) => a.bmm(b),
      tfjs: ({ a, b }) => tf.matMul(a, b),
      jax: ({ a, b }) => np.matmul(a, b),
      ort: onnx('MatMul', ['a', 'b']),
      torch: 'a.bmm(b)',
    },
    { flops: 2 * count * size ** 3 },
  )
}

/** Matrix products: square, of odd sizes, as a layer has them, in batches. */
export const products: readonly Row[] = [
  ...[64, 128, 256, 512, 1024].flatMap(square),
  ...[127, 509, 511].flatMap(square),
  ...matmul(128, 784, 128, '128×784×128'),
  ...batched(32, 64),
]
