import * as jax from '@jax-js/jax'
import { allData, type Inputs } from '../rows/inputs.ts'
import type { Expression, Row } from '../rows/row.ts'
import { asynchronous, prepared } from '../timing/trial.ts'
import type { Contestant } from './contestant.ts'

type Arrays = Record<string, jax.Array>

/** jax-js is lazy: a result only exists once it was waited for. */
const settled = (call: () => jax.Array) => async (): Promise<void> => {
  const result = call()
  await result.blockUntilReady()
  result.dispose()
}

function stepOf(row: Expression): (() => Promise<void>) | undefined {
  const form = row.forms.jax
  if (!form) return undefined
  const floats: Arrays = {}
  const others: Arrays = {}
  for (const [name, { shape, dtype }, data] of allData(row.inputs)) {
    const target = dtype === 'float32' ? floats : others
    target[name] = jax.numpy.array(data).reshape([...shape])
  }
  const f = jax.jit((a: Arrays, b: Arrays) => form({ ...a, ...b } as Inputs<jax.Array>))
  if (!row.backward) return settled(() => f(jax.tree.ref(floats), jax.tree.ref(others)))
  const weights = f(jax.tree.ref(floats), jax.tree.ref(others))
  // The result is asked for too, as the other libraries have it: else `jit` leaves out what only it needs.
  const loss = (a: Arrays, b: Arrays, w: jax.Array): [jax.Array, jax.Array] => {
    const y = form({ ...a, ...b } as Inputs<jax.Array>)
    return [jax.numpy.sum(y.ref.mul(w)), y]
  }
  const gradients = jax.jit(jax.grad(loss, { hasAux: true }))
  return async () => {
    const result = gradients(jax.tree.ref(floats), jax.tree.ref(others), weights.ref)
    await jax.blockUntilReady(result)
    jax.tree.dispose(result)
  }
}

/** jax-js on a device, its computations compiled by `jit`, which is its fastest form. */
export async function jaxJs(device: 'wasm' | 'webgl'): Promise<Contestant> {
  const devices = await jax.init(device)
  if (!devices.includes(device)) throw new Error(`jax-js has no ${device} here`)
  const select = () => jax.defaultDevice(device)
  return {
    name: `jax-js ${device}`,
    async prepare(row: Row) {
      select()
      if (row.kind === 'program') {
        const step = row.steps.jax?.()
        return step && prepared(select, asynchronous(step))
      }
      const step = stepOf(row)
      return step && prepared(select, asynchronous(step))
    },
  }
}
