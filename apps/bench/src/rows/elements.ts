import * as jax from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs'
import { functional } from 'sconce'
import { integers, uniform } from './inputs.ts'
import { expression, onnx, type Row } from './row.ts'

const { numpy: np } = jax
const side = 1024
const square = uniform(side, side)
const million = side * side

/** Maps, element by element, over a million numbers. */
const maps: readonly Row[] = [
  ...expression(
    'a + b',
    { a: square, b: square },
    {
      sconce: ({ a, b }) => a.add(b),
      tfjs: ({ a, b }) => tf.add(a, b),
      jax: ({ a, b }) => np.add(a, b),
      ort: onnx('Add', ['a', 'b']),
      torch: 'a + b',
    },
    { flops: million },
  ),
  ...expression(
    'relu(a·b + c)',
    { a: square, b: square, c: square },
    {
      sconce: ({ a, b, c }) => a.mul(b).add(c).relu(),
      tfjs: ({ a, b, c }) => tf.relu(tf.add(tf.mul(a, b), c)),
      jax: ({ a, b, c }) => jax.nn.relu(a.mul(b).add(c)),
      ort: {
        nodes: [
          { op: 'Mul', inputs: ['a', 'b'], output: 'ab' },
          { op: 'Add', inputs: ['ab', 'c'], output: 'abc' },
          { op: 'Relu', inputs: ['abc'], output: 'y' },
        ],
      },
      torch: '(a * b + c).relu()',
    },
    { flops: 3 * million },
  ),
  ...expression(
    'tanh a',
    { a: square },
    {
      sconce: ({ a }) => a.tanh(),
      tfjs: ({ a }) => tf.tanh(a),
      jax: ({ a }) => np.tanh(a),
      ort: onnx('Tanh', ['a']),
      torch: 'a.tanh()',
    },
    { flops: million },
  ),
  ...expression(
    'tanh(a·b + c)·a − b',
    { a: square, b: square, c: square },
    {
      sconce: ({ a, b, c }) => a.mul(b).add(c).tanh().mul(a).sub(b),
      tfjs: ({ a, b, c }) => tf.sub(tf.mul(tf.tanh(tf.add(tf.mul(a, b), c)), a), b),
      jax: ({ a, b, c }) => np.tanh(a.ref.mul(b.ref).add(c)).mul(a).sub(b),
      ort: {
        nodes: [
          { op: 'Mul', inputs: ['a', 'b'], output: 'ab' },
          { op: 'Add', inputs: ['ab', 'c'], output: 'abc' },
          { op: 'Tanh', inputs: ['abc'], output: 't' },
          { op: 'Mul', inputs: ['t', 'a'], output: 'ta' },
          { op: 'Sub', inputs: ['ta', 'b'], output: 'y' },
        ],
      },
      torch: '(a * b + c).tanh() * a - b',
    },
    { flops: 5 * million },
  ),
]

/** Reductions of a million numbers. */
const reductions: readonly Row[] = [
  ...expression(
    'sum',
    { a: square },
    {
      sconce: ({ a }) => a.sum(),
      tfjs: ({ a }) => tf.sum(a),
      jax: ({ a }) => np.sum(a),
      ort: onnx('ReduceSum', ['a'], { keepdims: 0 }),
      torch: 'a.sum()',
    },
    { flops: million },
  ),
  ...expression(
    'sum by row',
    { a: square },
    {
      sconce: ({ a }) => a.sum(1),
      tfjs: ({ a }) => tf.sum(a, 1),
      jax: ({ a }) => np.sum(a, 1),
      ort: {
        nodes: [
          { op: 'ReduceSum', inputs: ['a', 'axes'], output: 'y', attributes: { keepdims: 0 } },
        ],
        constants: { axes: [1] },
      },
      torch: 'a.sum(1)',
    },
    { flops: million },
  ),
  ...expression(
    'sum by column',
    { a: square },
    {
      sconce: ({ a }) => a.sum(0),
      tfjs: ({ a }) => tf.sum(a, 0),
      jax: ({ a }) => np.sum(a, 0),
      ort: {
        nodes: [
          { op: 'ReduceSum', inputs: ['a', 'axes'], output: 'y', attributes: { keepdims: 0 } },
        ],
        constants: { axes: [0] },
      },
      torch: 'a.sum(0)',
    },
    { flops: million },
  ),
  ...expression(
    'mean',
    { a: square },
    {
      sconce: ({ a }) => a.mean(),
      tfjs: ({ a }) => tf.mean(a),
      jax: ({ a }) => np.mean(a),
      ort: onnx('ReduceMean', ['a'], { keepdims: 0 }),
      torch: 'a.mean()',
    },
    { flops: million },
  ),
  ...expression(
    'max by row',
    { a: square },
    {
      sconce: ({ a }) => a.amax(1),
      tfjs: ({ a }) => tf.max(a, 1),
      jax: ({ a }) => np.max(a, 1),
      ort: onnx('ReduceMax', ['a'], { axes: [1], keepdims: 0 }),
      torch: 'a.amax(1)',
    },
    { flops: million },
  ),
]

/** Kernels that work on whole rows. */
const rows: readonly Row[] = [
  ...expression(
    'softmax',
    { a: square },
    {
      sconce: ({ a }) => a.softmax(1),
      tfjs: ({ a }) => tf.softmax(a as tf.Tensor2D),
      jax: ({ a }) => jax.nn.softmax(a, 1),
      ort: onnx('Softmax', ['a'], { axis: 1 }),
      torch: 'a.softmax(1)',
    },
    { flops: 5 * million },
  ),
  ...expression(
    'layer norm',
    { a: square, weight: uniform(side), bias: uniform(side) },
    {
      sconce: ({ a, weight, bias }) => functional.layerNorm(a, [side], { weight, bias }),
      tfjs: ({ a, weight, bias }) => {
        const { mean, variance } = tf.moments(a, 1, true)
        return tf.add(
          tf.mul(tf.mul(tf.sub(a, mean), tf.rsqrt(tf.add(variance, 1e-5))), weight),
          bias,
        )
      },
      jax: ({ a, weight, bias }) =>
        jax.nn.standardize(a, 1, { epsilon: 1e-5 }).mul(weight).add(bias),
      ort: onnx('LayerNormalization', ['a', 'weight', 'bias'], { axis: 1 }),
      torch: 'F.layer_norm(a, [1024], weight, bias)',
    },
    { flops: 8 * million },
  ),
]

const indices = integers(10_000, 4096)

/** Kernels that move numbers. */
const moves: readonly Row[] = [
  ...expression(
    'transpose copy',
    { a: square },
    {
      sconce: ({ a }) => a.t().contiguous(),
      tfjs: ({ a }) => tf.transpose(a),
      jax: ({ a }) => np.transpose(a),
      ort: onnx('Transpose', ['a'], { perm: [1, 0] }),
      torch: 'a.t().contiguous()',
    },
  ),
  ...expression(
    'gather 4096 rows of 128',
    { table: uniform(10_000, 128), indices },
    {
      sconce: ({ table, indices }) => table.indexSelect(0, indices),
      tfjs: ({ table, indices }) => tf.gather(table, indices as tf.Tensor1D),
      jax: ({ table, indices }) => np.take(table, indices, 0),
      ort: onnx('Gather', ['table', 'indices'], { axis: 0 }),
      torch: 'table.index_select(0, indices)',
    },
  ),
]

export const elements: readonly Row[] = [...maps, ...reductions, ...rows, ...moves]
