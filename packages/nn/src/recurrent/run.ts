/** Runs a recurrence over time. */
import { cat, stack, type Tensor } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { inputBias, type Mode, type State, stepOf, type Weights } from './steps.ts'

/** What a layer gives in one direction: the hidden states of all times, and the last state. */
interface Run {
  readonly outputs: Tensor[]
  readonly last: State
}

const mapState = (state: State, change: (t: Tensor) => Tensor): State =>
  state.c ? { h: change(state.h), c: change(state.c) } : { h: change(state.h) }

const zipStates = (states: readonly State[], join: (ts: Tensor[]) => Tensor): State => {
  const h = join(states.map((state) => state.h))
  const cells = states.flatMap(({ c }) => (c ? [c] : []))
  return cells.length > 0 ? { h, c: join(cells) } : { h }
}

const rows = (state: State, from: number, count: number): State =>
  mapState(state, (t) => (from === 0 && t.shape[0] === count ? t : t.narrow(0, from, count)))

/**
 * One layer in one direction.
 * @param inputs by time; with `counts`, of as many sequences as reach so far
 */
function runDirection(
  mode: Mode,
  weights: Weights,
  inputs: readonly Tensor[],
  initial: State,
  reverse: boolean,
): Run {
  const step = stepOf(mode, weights)
  const outputs = new Array<Tensor>(inputs.length)
  const finished: State[] = []
  const times = [...inputs.keys()]
  if (reverse) times.reverse()
  let state = rows(initial, 0, inputs[times[0]].shape[0])
  for (const t of times) {
    const count = inputs[t].shape[0]
    const before = state.h.shape[0]
    if (count < before) {
      // The shortest sequences have ended.
      finished.unshift(rows(state, count, before - count))
      state = rows(state, 0, count)
    } else if (count > before) {
      // Backwards, longer ones begin.
      state = zipStates([state, rows(initial, before, count - before)], (ts) => cat(ts))
    }
    state = step(inputs[t], state)
    outputs[t] = state.h
  }
  const last = finished.length > 0 ? zipStates([state, ...finished], (ts) => cat(ts)) : state
  return { outputs, last }
}

/** Options of a whole recurrence. */
export interface RunOptions {
  readonly mode: Mode
  readonly bidirectional: boolean
  /** Dropout behind every layer but the last; 0 outside of training. */
  readonly dropout: number
  /** How many sequences reach so far, by time, for packed inputs. */
  readonly counts?: readonly number[]
}

/**
 * All layers.
 * @param input [T, N, F], or packed steps [ΣN, F] where there are counts
 * @param weights by layer, then by direction
 * @param initial states in the same order
 * @returns the outputs of the last layer as the input is laid out, and all last states, [L, N, H]
 */
export function runLayers(
  input: Tensor,
  weights: readonly Weights[],
  initial: readonly State[],
  { mode, bidirectional, dropout, counts }: RunOptions,
): { output: Tensor; last: State } {
  const directions = bidirectional ? 2 : 1
  const layers = weights.length / directions
  const states: State[] = []
  let output = input
  for (let layer = 0; layer < layers; layer++) {
    const runs = Array.from({ length: directions }, (_, direction) => {
      const at = layer * directions + direction
      const own = weights[at]
      // The product with the input is one for all times.
      const projected = F.linear(output, own.ih, inputBias(mode, own))
      const inputs = counts ? projected.splitWithSizes([...counts], 0) : projected.unbind(0)
      return runDirection(mode, own, inputs, initial[at], direction === 1)
    })
    states.push(...runs.map(({ last }) => last))
    const joined = runs.map(({ outputs }) => (counts ? cat(outputs) : stack(outputs, 0)))
    output = joined.length > 1 ? cat(joined, -1) : joined[0]
    if (dropout > 0 && layer < layers - 1) output = F.dropout(output, dropout, true)
  }
  return { output, last: zipStates(states, (ts) => stack(ts, 0)) }
}
