import { WasmBackend } from '@sconce/backend-wasm'
import {
  fromTypedArray,
  getDevice,
  grad,
  init,
  scope,
  setDefaultDevice,
  type Tensor,
  useBackend,
} from 'sconce'
import { allData, type InputSpecs, type Inputs } from '../rows/inputs.ts'
import type { Expression, Row } from '../rows/row.ts'
import { enqueued, prepared, synchronous, type Trial } from '../timing/trial.ts'
import type { Contestant } from './contestant.ts'

/** A device where work is done when the call returns; others are waited for. */
const isSynchronous = (device: string): boolean => device !== 'webgl'

function trialOn(device: string, step: () => unknown): Trial {
  const trial = isSynchronous(device)
    ? synchronous(step)
    : enqueued(step, () => getDevice(device).backend.synchronize())
  return prepared(() => setDefaultDevice(device), trial)
}

const inputsOf = (specs: InputSpecs): Inputs<Tensor> =>
  Object.fromEntries(
    allData(specs).map(([name, { shape, dtype }, data]) => [
      name,
      fromTypedArray(data, [...shape], { dtype }),
    ]),
  )

/** A call that lets go of what it made, as the calls of the other libraries have to. */
function stepOf({ inputs, forms, backward }: Expression): (() => void) | undefined {
  const form = forms.sconce
  if (!form) return undefined
  const x = inputsOf(inputs)
  if (!backward) return () => scope(() => void form(x))
  const leaves = Object.values(x).filter((t) => t.isFloatingPoint())
  for (const leaf of leaves) leaf.requiresGrad_()
  const gradOutputs = form(x).detach().clone()
  return () => scope(() => void grad(form(x), leaves, { gradOutputs }))
}

/** Sconce on a device that has been started. */
function sconceOn(name: string, device: string): Contestant {
  return {
    name,
    async prepare(row: Row) {
      setDefaultDevice(device)
      const step = row.kind === 'program' ? row.steps.sconce?.() : stepOf(row)
      return step && trialOn(device, step)
    },
  }
}

/** Sconce on one of the stock backends. */
export async function sconce(backend: 'cpu' | 'wasm' | 'webgl'): Promise<Contestant> {
  await init(backend)
  return sconceOn(`sconce ${backend}`, backend)
}

/** Sconce on wasm with so many threads, as a device of its own. */
export async function sconceThreads(threads: number): Promise<Contestant> {
  const device = `wasm-${threads}`
  useBackend(new WasmBackend({ name: device, threads }))
  return sconceOn(`sconce wasm ${threads}t`, device)
}
