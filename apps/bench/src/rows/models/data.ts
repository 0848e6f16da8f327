import * as jax from '@jax-js/jax'
import * as tf from '@tensorflow/tfjs'
import { fromTypedArray, type Tensor } from 'sconce'
import { dataOf, integers, uniformData } from '../inputs.ts'

/** Inputs of the models, the same numbers in every library. */

type Shape = readonly number[]

export const sconceData = (shape: Shape, seed: number): Tensor =>
  fromTypedArray(uniformData(shape, seed), shape)
export const tfData = (shape: Shape, seed: number): tf.Tensor =>
  tf.tensor(uniformData(shape, seed), [...shape])
export const jaxData = (shape: Shape, seed: number): jax.Array =>
  jax.numpy.array(uniformData(shape, seed)).reshape([...shape])

const classes = 10
const labelsOf = (count: number) => dataOf(integers(classes, count), 7)

export const sconceLabels = (count: number): Tensor =>
  fromTypedArray(labelsOf(count), [count], { dtype: 'int32' })
export const tfLabels = (count: number): tf.Tensor =>
  tf.oneHot(tf.tensor1d(labelsOf(count), 'int32'), classes).toFloat()
export const jaxLabels = (count: number): jax.Array =>
  jax.nn.oneHot(jax.numpy.array(labelsOf(count)), classes)

export const tfCrossEntropy = (logits: tf.Tensor, labels: tf.Tensor): tf.Tensor =>
  tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), 1)))
export const jaxCrossEntropy = (logits: jax.Array, labels: jax.Array): jax.Array =>
  jax.numpy.mean(jax.numpy.sum(labels.mul(jax.nn.logSoftmax(logits, 1)), 1)).neg()
