/** One step of each kind of recurrence: a product, and what is left of it as one or two kernels. */
import type { Tensor } from '@sconce/core'
import { pointwise } from '../pointwise.ts'

/** The kinds of recurrence. */
export type Mode = 'RNN_TANH' | 'RNN_RELU' | 'LSTM' | 'GRU'

/** How many gates there are in the weights of each kind. */
export const GATES: Readonly<Record<Mode, number>> = { RNN_TANH: 1, RNN_RELU: 1, LSTM: 4, GRU: 3 }

/** Weights of one layer in one direction. */
export interface Weights {
  readonly ih: Tensor
  readonly hh: Tensor
  readonly biasIh?: Tensor
  readonly biasHh?: Tensor
  /** Projects the output of an LSTM. */
  readonly hr?: Tensor
}

/** Hidden state, and that of an LSTM's cell. */
export interface State {
  readonly h: Tensor
  readonly c?: Tensor
}

/** A step: the input, multiplied by its weights beforehand, and a state give the next state. */
export type Step = (projected: Tensor, state: State) => State

const lstmCell = pointwise('lstm_cell(Tensor i, Tensor f, Tensor g, Tensor c)', (i, f, g, c) =>
  f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh())),
)

const lstmHidden = pointwise('lstm_hidden(Tensor o, Tensor c)', (o, c) => o.sigmoid().mul(c.tanh()))

const gruHidden = pointwise(
  'gru_hidden(Tensor xr, Tensor xz, Tensor xn, Tensor hr, Tensor hz, Tensor hn, Tensor h)',
  (xr, xz, xn, hr, hz, hn, h) => {
    const r = xr.add(hr).sigmoid()
    const z = xz.add(hz).sigmoid()
    const n = xn.add(r.mul(hn)).tanh()
    return n.add(z.mul(h.sub(n)))
  },
)

/** The gates of a batch, side by side. */
const gates = (t: Tensor, count: number): Tensor[] => {
  const [batch, width] = t.shape
  return t.view([batch, count, width / count]).unbind(1)
}

/** The bias that can be added before the recurrence: a GRU's second one is multiplied by a gate. */
export function inputBias(mode: Mode, { biasIh, biasHh }: Weights): Tensor | undefined {
  return mode === 'GRU' || !biasIh || !biasHh ? biasIh : biasIh.add(biasHh)
}

/** The step of a kind of recurrence with some weights. */
export function stepOf(mode: Mode, weights: Weights): Step {
  const hh = weights.hh.t()
  switch (mode) {
    case 'RNN_TANH':
      return (x, { h }) => ({ h: x.addmm(h, hh).tanh() })
    case 'RNN_RELU':
      return (x, { h }) => ({ h: x.addmm(h, hh).relu() })
    case 'LSTM': {
      const hr = weights.hr?.t()
      return (x, { h, c = h }) => {
        const [i, f, g, o] = gates(x.addmm(h, hh), 4)
        const cell = lstmCell(i, f, g, c)
        const hidden = lstmHidden(o, cell)
        return { h: hr ? hidden.mm(hr) : hidden, c: cell }
      }
    }
    case 'GRU':
      return (x, { h }) => {
        const fromHidden = weights.biasHh ? weights.biasHh.addmm(h, hh) : h.mm(hh)
        return { h: gruHidden(...gates(x, 3), ...gates(fromHidden, 3), h) }
      }
  }
}
