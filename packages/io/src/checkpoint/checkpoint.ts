import { fromTypedArray, Generator, Tensor, TypeError_, ValueError } from '@sconce/core'
import type { ReadOptions } from '../elements.ts'
import { FormatError } from '../errors.ts'
import { openSafetensors } from '../safetensors/file.ts'
import { safetensorsChunks } from '../safetensors/write.ts'
import { type ByteInput, concat } from '../source.ts'
import { putTogether, takeApart } from './tree.ts'

/** What keeps its state in a dict: a module, an optimizer, a scheduler. */
export interface Stateful {
  stateDict(): unknown
  // Each takes the state that its own `stateDict` gives.
  loadStateDict(state: never): unknown
}

/** The parts of a checkpoint by name: what has a state, generators, and plain values and tensors. */
export type CheckpointParts = Readonly<Record<string, unknown>>

/** The names of the metadata in the file. */
const FORMAT = 'sconce.checkpoint'
const VERSION = '1'

const isStateful = (x: unknown): x is Stateful =>
  typeof x === 'object' &&
  x !== null &&
  'stateDict' in x &&
  typeof x.stateDict === 'function' &&
  'loadStateDict' in x &&
  typeof x.loadStateDict === 'function'

function stateOf(part: unknown): unknown {
  if (part instanceof Generator) {
    const state = part.getState()
    return fromTypedArray(state, [state.length])
  }
  return isStateful(part) ? part.stateDict() : part
}

/**
 * The bytes of a checkpoint, chunk by chunk: a safetensors file with the tensors under their paths
 * (`model.fc.weight`), and all other values as JSON in its metadata. Tensors must not change meanwhile.
 *
 * @throws TypeError for a value that is neither plain nor a tensor, nor has a state; before the first chunk.
 */
export async function* checkpointChunks(parts: CheckpointParts): AsyncGenerator<Uint8Array, void> {
  const states = Object.entries(parts).map(([name, part]) => [name, stateOf(part)])
  const { json, tensors } = takeApart(Object.fromEntries(states))
  const metadata = { format: FORMAT, version: VERSION, tree: JSON.stringify(json) }
  yield* safetensorsChunks(tensors, { metadata })
}

/** The bytes of a checkpoint; see `checkpointChunks`. */
export const encodeCheckpoint = (parts: CheckpointParts): Promise<Uint8Array<ArrayBuffer>> =>
  concat(checkpointChunks(parts))

/**
 * The states in a checkpoint by name, as `stateDict` gave them, and the plain values.
 *
 * @throws FormatError for files that are no checkpoint, or broken.
 */
export async function readCheckpoint(
  input: ByteInput,
  options?: ReadOptions,
): Promise<Record<string, unknown>> {
  const file = await openSafetensors(input)
  const fail = (message: string, cause?: unknown) =>
    new FormatError('checkpoint', message, { cause })
  const tree = file.metadata.get('tree')
  if (file.metadata.get('format') !== FORMAT || tree === undefined) {
    throw fail('a safetensors file, but no checkpoint')
  }
  const version = file.metadata.get('version')
  if (version !== VERSION) throw fail(`version ${version} is unknown`)
  let json: unknown
  try {
    json = JSON.parse(tree)
  } catch (error) {
    throw fail('the values are no JSON', error)
  }
  const tensors = await file.load(options)
  const state = putTogether(
    json,
    (name) => {
      const tensor = tensors.get(name)
      if (!tensor) throw fail(`tensor '${name}' is missing`)
      return tensor
    },
    fail,
  )
  if (typeof state !== 'object' || state === null) throw fail('the values are no object')
  // Its keys are the names of the parts.
  return state as Record<string, unknown>
}

/** Puts a state that was saved, or taken before, into a part. */
async function put(part: unknown, state: unknown): Promise<void> {
  if (part instanceof Generator) {
    if (!(state instanceof Tensor)) throw new TypeError_('the state of a generator is no tensor')
    part.setState(Uint8Array.from(await state.data(), Number))
  } else if (isStateful(part)) {
    // The part checks what it gets.
    part.loadStateDict(state as never)
  }
}

/** A copy of a state that later changes of the part leave alone. */
const snapshot = (part: unknown): unknown => {
  const { json, tensors } = takeApart(stateOf(part))
  const copies = new Map(Array.from(tensors, ([name, t]) => [name, t.detach().clone()]))
  const copyOf = (name: string): Tensor => {
    const copy = copies.get(name)
    if (!copy) throw new ValueError(`no tensor '${name}'`)
    return copy
  }
  return putTogether(json, copyOf, (message) => new ValueError(message))
}

/**
 * Puts the states of a checkpoint back into the parts of the same names, so that training goes on bit
 * for bit as it would have; returns all values, of which the plain ones (`epoch`) are the caller's to
 * use. When one part refuses its state, the others get back what they had.
 *
 * @param parts those to restore: modules, optimizers, schedulers, generators.
 * @throws FormatError for broken files, ValueError for a part that isn't in the file, and what the parts
 * throw.
 */
export async function restoreCheckpoint(
  input: ByteInput,
  parts: CheckpointParts,
  options?: ReadOptions,
): Promise<Record<string, unknown>> {
  for (const [name, part] of Object.entries(parts)) {
    if (!(part instanceof Generator) && !isStateful(part)) {
      throw new TypeError_(`'${name}' has no state to restore`)
    }
  }
  const states = await readCheckpoint(input, options)
  for (const name of Object.keys(parts)) {
    if (!Object.hasOwn(states, name)) throw new ValueError(`the checkpoint has no '${name}'`)
  }
  const undo: [unknown, unknown][] = []
  try {
    for (const [name, part] of Object.entries(parts)) {
      undo.push([part, snapshot(part)])
      await put(part, states[name])
    }
  } catch (error) {
    for (const [part, state] of undo) await put(part, state)
    throw error
  }
  return states
}
