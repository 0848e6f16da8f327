import type { nn, optim, Tensor } from 'sconce'

/** A network in training. */
export interface Training {
  readonly net: nn.Module
  readonly optimizer: optim.Optimizer
  /** The loss of the batch of a step, and something that lies on the way to it. */
  loss(step: number): { readonly loss: Tensor; readonly hidden: Tensor }
}

export interface Program {
  readonly name: string
  /** Steps of a whole soak. */
  readonly steps: number
  /** Makes the network and its data on the default device, the same each time. */
  start(): Training
}
