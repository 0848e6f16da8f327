import { AssertionError, empty, RuntimeError, type Tensor, ValueError } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { uniform_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { type ArgumentsOf, factory, signature, type ValuesOf } from '../signature.ts'
import { GATES, inputBias, type Mode, type State, stepOf, type Weights } from './steps.ts'

const cell = signature(`Cell(int input_size, int hidden_size, bool bias=True, ${factory})`)

/** Base of the cells: one step; `torch.nn.RNNCellBase`. */
export abstract class RNNCellBase extends Module {
  readonly inputSize: number
  readonly hiddenSize: number
  readonly bias: boolean
  declare weightIh: Parameter
  declare weightHh: Parameter
  declare biasIh: Parameter | null
  declare biasHh: Parameter | null

  constructor(mode: Mode, given: ValuesOf<typeof cell>) {
    super()
    const { inputSize, hiddenSize, bias, ...place } = given
    this.inputSize = inputSize
    this.hiddenSize = hiddenSize
    this.bias = bias
    const width = GATES[mode] * hiddenSize
    const make = (shape: readonly number[]) => new Parameter(empty(shape, place))
    this.registerParameter('weight_ih', make([width, inputSize]), 'weightIh')
    this.registerParameter('weight_hh', make([width, hiddenSize]), 'weightHh')
    this.registerParameter('bias_ih', bias ? make([width]) : null, 'biasIh')
    this.registerParameter('bias_hh', bias ? make([width]) : null, 'biasHh')
    this.resetParameters()
  }

  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0
    for (const weight of this.parameters()) uniform_(weight, -bound, bound)
  }

  protected abstract get mode(): Mode

  /** One step of [N, F] or [F]. */
  protected step(input: Tensor, states: readonly (Tensor | undefined)[]): State {
    const name = this.constructor.name
    if (input.ndim !== 1 && input.ndim !== 2) {
      throw new AssertionError(
        `${name}: Expected input to be 1-D or 2-D but received ${input.ndim}-D tensor`,
      )
    }
    const single = input.ndim === 1
    const x = single ? input.unsqueeze(0) : input
    if (x.shape[1] !== this.inputSize) {
      throw new RuntimeError(
        `input has inconsistent input_size: got ${x.shape[1]} expected ${this.inputSize}`,
      )
    }
    const [h, c] = states.map((state, i) => this.#state(x, single, state, i))
    const weights: Weights = {
      ih: this.weightIh,
      hh: this.weightHh,
      biasIh: this.biasIh ?? undefined,
      biasHh: this.biasHh ?? undefined,
    }
    const projected = F.linear(x, weights.ih, inputBias(this.mode, weights))
    const next = stepOf(this.mode, weights)(projected, c ? { h, c } : { h })
    if (!single) return next
    return next.c ? { h: next.h.squeeze(0), c: next.c.squeeze(0) } : { h: next.h.squeeze(0) }
  }

  #state(x: Tensor, single: boolean, given: Tensor | undefined, i: number): Tensor {
    if (!given) return x.newZeros([x.shape[0], this.hiddenSize])
    const state = single ? given.unsqueeze(0) : given
    if (state.shape[0] !== x.shape[0]) {
      throw new RuntimeError(
        `Input batch size ${x.shape[0]} doesn't match hidden${i} batch size ${state.shape[0]}`,
      )
    }
    if (state.shape[1] !== this.hiddenSize) {
      throw new RuntimeError(
        `hidden${i} has inconsistent hidden_size: got ${state.shape[1]}, expected ${this.hiddenSize}`,
      )
    }
    return state
  }

  override extraRepr(): string {
    return cell.describe(this, ':input_size, :hidden_size, bias?')
  }
}

const rnnCell = signature(
  `RNNCell(int input_size, int hidden_size, bool bias=True, str nonlinearity='tanh', ${factory})`,
)

/** One step of an RNN; `torch.nn.RNNCell`. */
export class RNNCell extends RNNCellBase {
  readonly nonlinearity: string

  constructor(...args: ArgumentsOf<typeof rnnCell>) {
    const { nonlinearity, ...given } = rnnCell.bind(args)
    super('RNN_TANH', given)
    this.nonlinearity = nonlinearity
  }

  protected override get mode(): Mode {
    if (this.nonlinearity === 'tanh') return 'RNN_TANH'
    if (this.nonlinearity === 'relu') return 'RNN_RELU'
    throw new ValueError(`Unknown nonlinearity: ${this.nonlinearity}`)
  }

  override forward(input: Tensor, hx?: Tensor | null): Tensor {
    return this.step(input, [hx ?? undefined]).h
  }

  override extraRepr(): string {
    return rnnCell.describe(this, ':input_size, :hidden_size, bias?, nonlinearity?')
  }
}

/** One step of a GRU; `torch.nn.GRUCell`. */
export class GRUCell extends RNNCellBase {
  constructor(...args: ArgumentsOf<typeof cell>) {
    super('GRU', cell.bind(args))
  }

  protected override get mode(): Mode {
    return 'GRU'
  }

  override forward(input: Tensor, hx?: Tensor | null): Tensor {
    return this.step(input, [hx ?? undefined]).h
  }
}

/** One step of an LSTM; `torch.nn.LSTMCell`. */
export class LSTMCell extends RNNCellBase {
  constructor(...args: ArgumentsOf<typeof cell>) {
    super('LSTM', cell.bind(args))
  }

  protected override get mode(): Mode {
    return 'LSTM'
  }

  override forward(input: Tensor, hx?: readonly [Tensor, Tensor] | null): [h: Tensor, c: Tensor] {
    const { h, c } = this.step(input, hx ? [...hx] : [undefined, undefined])
    // An LSTM has a cell state.
    return [h, c as Tensor]
  }
}
