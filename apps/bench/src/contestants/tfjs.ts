import * as tf from '@tensorflow/tfjs'
import { allData, type Inputs } from '../rows/inputs.ts'
import type { Expression, Row } from '../rows/row.ts'
import { enqueued, prepared, synchronous, type Trial } from '../timing/trial.ts'
import type { Contestant } from './contestant.ts'

const namedTensors = (names: readonly string[], list: readonly tf.Tensor[]): Inputs<tf.Tensor> =>
  Object.fromEntries(names.map((name, i) => [name, list[i]]))

function stepOf(row: Expression): { step: () => unknown; close: () => void } | undefined {
  const form = row.forms.tfjs
  if (!form) return undefined
  const data = allData(row.tfjsInputs ?? row.inputs)
  const names = data.map(([name]) => name)
  const tensors = data.map(([, { shape, dtype }, values]) => tf.tensor(values, [...shape], dtype))
  const x = namedTensors(names, tensors)
  const close = () => tf.dispose(tensors)
  if (!row.backward) return { step: () => tf.tidy(() => void form(x)), close }
  const floats = names.filter((name) => x[name].dtype === 'float32')
  const gradients = tf.grads((...list: tf.Tensor[]) =>
    form({ ...x, ...namedTensors(floats, list) }),
  )
  const leaves = floats.map((name) => x[name])
  const dy = form(x)
  return {
    step: () => tf.tidy(() => void gradients(leaves, dy)),
    close: () => {
      close()
      dy.dispose()
    },
  }
}

/**
 * Waits for the GPU: what was asked of it before this is done when a result can be read. The tensor is large
 * enough not to be handled on the CPU.
 */
function waitingForGpu(): () => Promise<void> {
  const ones = tf.ones([64, 64])
  return async () => {
    const probe = tf.add(ones, 1)
    await probe.data()
    probe.dispose()
  }
}

/** TensorFlow.js on a backend; `label` is its heading. */
export async function tfjs(
  backend: 'cpu' | 'wasm' | 'webgl',
  label = backend,
): Promise<Contestant> {
  tf.enableProdMode()
  if (backend === 'wasm') {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm')
    // In Node it finds its binaries by itself; a page gets them from its server.
    if (typeof document !== 'undefined') setWasmPaths('/tfjs-wasm/')
  }
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no ${backend} here`)
  const select = () => tf.setBackend(backend)
  const finished = waitingForGpu()
  const trialOf = (step: () => unknown, close?: () => void): Trial =>
    prepared(
      select,
      backend === 'webgl' ? enqueued(step, finished, close) : synchronous(step, close),
    )
  return {
    name: `tfjs ${label}`,
    async prepare(row: Row) {
      await select()
      if (row.kind === 'program') {
        const step = row.steps.tfjs?.()
        return step && trialOf(step)
      }
      const made = stepOf(row)
      return made && trialOf(made.step, made.close)
    },
  }
}
