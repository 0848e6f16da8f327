import { empty, pythonTuple, RuntimeError, type Tensor, ValueError, zeros } from '@sconce/core'
import { uniform_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { isParameter, Parameter } from '../parameter.ts'
import { type ArgumentsOf, factory, signature, type ValuesOf } from '../signature.ts'
import { inverted, PackedSequence, reordered } from './packed-sequence.ts'
import { runLayers } from './run.ts'
import { GATES, type Mode, type State, type Weights } from './steps.ts'

const base = signature(
  `RNNBase(int input_size, int hidden_size, int num_layers=1, bool bias=True, bool batch_first=False, float dropout=0.0, bool bidirectional=False, int proj_size=0, ${factory})`,
)

type Given = ValuesOf<typeof base>

/** A batch of sequences: padded, or packed. */
export type Sequences = Tensor | PackedSequence

function checkArguments({ dropout, numLayers, projSize, hiddenSize }: Given): void {
  if (!(dropout >= 0 && dropout <= 1)) {
    throw new ValueError(
      'dropout should be a number in range [0, 1] representing the probability of an element being zeroed',
    )
  }
  if (projSize < 0)
    throw new ValueError('proj_size should be a positive integer or zero to disable projections')
  if (projSize >= hiddenSize) throw new ValueError('proj_size has to be smaller than hidden_size')
  if (dropout > 0 && numLayers === 1) {
    console.warn(
      `dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got dropout=${dropout} and num_layers=${numLayers}`,
    )
  }
}

/** Base of the recurrent modules; `torch.nn.RNNBase`. Parameters are called as in PyTorch: `weight_ih_l0`. */
export abstract class RNNBase extends Module {
  readonly mode: Mode
  readonly inputSize: number
  readonly hiddenSize: number
  readonly numLayers: number
  readonly bias: boolean
  readonly batchFirst: boolean
  dropout: number
  readonly bidirectional: boolean
  readonly projSize: number

  constructor(mode: Mode, given: Given) {
    super()
    checkArguments(given)
    this.mode = mode
    this.inputSize = given.inputSize
    this.hiddenSize = given.hiddenSize
    this.numLayers = given.numLayers
    this.bias = given.bias
    this.batchFirst = given.batchFirst
    this.dropout = given.dropout
    this.bidirectional = given.bidirectional
    this.projSize = given.projSize
    const { device, dtype } = given
    const width = GATES[mode] * given.hiddenSize
    const out = given.projSize > 0 ? given.projSize : given.hiddenSize
    this.suffixes().forEach((suffix, i) => {
      const layer = Math.floor(i / this.directions)
      const into = layer === 0 ? given.inputSize : out * this.directions
      const make = (name: string, shape: readonly number[]) =>
        this.registerParameter(`${name}_${suffix}`, new Parameter(empty(shape, { device, dtype })))
      make('weight_ih', [width, into])
      make('weight_hh', [width, out])
      if (given.bias) make('bias_ih', [width])
      if (given.bias) make('bias_hh', [width])
      if (given.projSize > 0) make('weight_hr', [given.projSize, given.hiddenSize])
    })
    this.resetParameters()
  }

  protected get directions(): number {
    return this.bidirectional ? 2 : 1
  }

  /** `l0`, `l0_reverse`, `l1`… */
  protected suffixes(): string[] {
    return Array.from({ length: this.numLayers * this.directions }, (_, i) =>
      this.bidirectional ? `l${Math.floor(i / 2)}${i % 2 === 1 ? '_reverse' : ''}` : `l${i}`,
    )
  }

  /** The parameters by layer and direction; `all_weights`. */
  get allWeights(): Parameter[][] {
    const names = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh', 'weight_hr']
    return this.suffixes().map((suffix) =>
      names.map((name): unknown => Reflect.get(this, `${name}_${suffix}`)).filter(isParameter),
    )
  }

  resetParameters(): void {
    const bound = this.hiddenSize > 0 ? 1 / Math.sqrt(this.hiddenSize) : 0
    for (const weight of this.parameters()) uniform_(weight, -bound, bound)
  }

  /** Nothing is to be flattened; `flatten_parameters`. */
  flattenParameters(): void {}

  #weights(): Weights[] {
    // What is there was registered as a parameter, or put in its place (weight norm).
    const tensor = (name: string) => Reflect.get(this, name) as Tensor | undefined
    return this.suffixes().map((suffix) => ({
      ih: tensor(`weight_ih_${suffix}`) as Tensor,
      hh: tensor(`weight_hh_${suffix}`) as Tensor,
      biasIh: tensor(`bias_ih_${suffix}`),
      biasHh: tensor(`bias_hh_${suffix}`),
      hr: tensor(`weight_hr_${suffix}`),
    }))
  }

  /** The sizes that the states must have: [layers, N, width]. */
  protected expectedSize(batch: number, width: number): number[] {
    return [this.numLayers * this.directions, batch, width]
  }

  protected checkState(t: Tensor, expected: readonly number[], name: string): void {
    if (String(t.shape) === String(expected)) return
    throw new RuntimeError(
      `Expected ${name} size ${pythonTuple(expected.map(String))}, got [${t.shape.join(', ')}]`,
    )
  }

  /** Runs all layers over a batch; the states are [layers, N, width], or [layers, width] without a batch. */
  protected run(
    input: Sequences,
    initial: { h?: Tensor; c?: Tensor },
  ): { output: Sequences; last: State } {
    const packed = input instanceof PackedSequence ? input : undefined
    const given = input instanceof PackedSequence ? input.data : input
    const rank = packed ? 2 : 3
    const single = !packed && given.ndim === 2
    const batchDim = this.batchFirst ? 0 : 1
    const whole = single ? given.unsqueeze(batchDim) : given
    if (whole.ndim !== rank) {
      // PyTorch takes any other rank for an input without a batch, and adds that first.
      const rankThere = packed ? given.ndim : given.ndim + 1
      throw new RuntimeError(`input must have ${rank} dimensions, got ${rankThere}`)
    }
    const features = whole.shape[whole.ndim - 1]
    if (features !== this.inputSize) {
      throw new RuntimeError(
        `input.size(-1) must be equal to input_size. Expected ${this.inputSize}, got ${features}`,
      )
    }
    const batch = packed ? packed.counts[0] : whole.shape[batchDim]
    const states = this.#initial(initial, batch, single, whole, packed?.order)
    const inTime = !packed && this.batchFirst ? whole.transpose(0, 1) : whole
    const { output, last } = runLayers(inTime, this.#weights(), states, {
      mode: this.mode,
      bidirectional: this.bidirectional,
      dropout: this.training ? this.dropout : 0,
      counts: packed?.counts,
    })
    const unsort = packed?.order && inverted(packed.order)
    const settle = (t: Tensor) => (single ? t.squeeze(1) : reordered(t, 1, unsort))
    const settled = last.c ? { h: settle(last.h), c: settle(last.c) } : { h: settle(last.h) }
    if (packed) return { output: packed.with(output), last: settled }
    const laidOut = this.batchFirst ? output.transpose(0, 1) : output
    return { output: single ? laidOut.squeeze(batchDim) : laidOut, last: settled }
  }

  /** The states to start from, by layer and direction. */
  #initial(
    given: { h?: Tensor; c?: Tensor },
    batch: number,
    single: boolean,
    like: Tensor,
    order: readonly number[] | undefined,
  ): State[] {
    const isLstm = this.mode === 'LSTM'
    const rank = single ? 2 : 3
    const words = isLstm ? 'hx and cx should also be' : 'hx should also be'
    const ranks = [given.h, given.c].flatMap((t) => (t ? [t.ndim] : []))
    if (ranks.some((n) => n !== rank)) {
      const got = isLstm
        ? `(${ranks.map((n) => `${n}-D`).join(', ')}) tensors`
        : `${ranks[0]}-D tensor`
      throw new RuntimeError(
        `For ${single ? 'unbatched 2-D' : 'batched 3-D'} input, ${words} ${rank}-D but got ${got}`,
      )
    }
    const out = this.projSize > 0 ? this.projSize : this.hiddenSize
    const whole = (t: Tensor | undefined, width: number, name: string): Tensor[] => {
      const size = this.expectedSize(batch, width)
      if (!t) return zeros(size, { dtype: like.dtype, device: like.device }).unbind(0)
      const batched = single ? t.unsqueeze(1) : t
      this.checkState(batched, size, name)
      return reordered(batched, 1, order).unbind(0)
    }
    const h = whole(given.h, out, isLstm ? 'hidden[0]' : 'hidden')
    if (!isLstm) return h.map((t) => ({ h: t }))
    const c = whole(given.c, this.hiddenSize, 'hidden[1]')
    return h.map((t, i) => ({ h: t, c: c[i] }))
  }

  override extraRepr(): string {
    return base.describe(
      this,
      ':input_size, :hidden_size, proj_size?, num_layers?, bias?, batch_first?, dropout?, bidirectional?',
    )
  }
}

/** RNN and GRU: one state. */
abstract class PlainRNN extends RNNBase {
  /** Sequences and a state, zeros by default, to outputs and the last state. */
  override forward<I extends Sequences>(input: I, hx?: Tensor | null): [output: I, hidden: Tensor] {
    const { output, last } = this.run(input, { h: hx ?? undefined })
    // Packed sequences give packed ones, padded ones padded ones.
    return [output as I, last.h]
  }
}

const PROJECTION = 'proj_size argument is only supported for LSTM, not RNN or GRU'

const rnn = signature(
  `RNN(int input_size, int hidden_size, int num_layers=1, bool bias=True, bool batch_first=False, float dropout=0.0, bool bidirectional=False, int proj_size=0, *, str nonlinearity='tanh', Device? device=None, ScalarType? dtype=None)`,
)

/** `h' = tanh(W·x + b + U·h + c)`, or a rectifier in the place of tanh; Elman (1990); `torch.nn.RNN`. */
export class RNN extends PlainRNN {
  readonly nonlinearity: string

  constructor(...args: ArgumentsOf<typeof rnn>) {
    const { nonlinearity, ...given } = rnn.bind(args)
    if (given.projSize !== 0) throw new ValueError(PROJECTION)
    if (nonlinearity !== 'tanh' && nonlinearity !== 'relu')
      throw new ValueError(`Unknown nonlinearity '${nonlinearity}'`)
    super(nonlinearity === 'tanh' ? 'RNN_TANH' : 'RNN_RELU', given)
    this.nonlinearity = nonlinearity
  }
}

/** Gated recurrent units; Cho et al. (2014); `torch.nn.GRU`. */
export class GRU extends PlainRNN {
  constructor(...args: ArgumentsOf<typeof base>) {
    const given = base.bind(args)
    if (given.projSize !== 0) throw new ValueError(PROJECTION)
    super('GRU', given)
  }
}

/** Hidden and cell state. */
export type LSTMState = [h: Tensor, c: Tensor]

/** Long short-term memory; Hochreiter & Schmidhuber (1997); `torch.nn.LSTM`. */
export class LSTM extends RNNBase {
  constructor(...args: ArgumentsOf<typeof base>) {
    super('LSTM', base.bind(args))
  }

  /** Sequences and states, zeros by default, to outputs and the last states. */
  override forward<I extends Sequences>(
    input: I,
    hx?: readonly [Tensor, Tensor] | null,
  ): [output: I, state: LSTMState] {
    const { output, last } = this.run(input, hx ? { h: hx[0], c: hx[1] } : {})
    // Packed sequences give packed ones, padded ones padded ones; an LSTM has a cell state.
    return [output as I, [last.h, last.c as Tensor]]
  }
}
