import type { Tensor } from '@sconce/core'

/** Tensors by name: a state dict. */
export type NamedTensors =
  | ReadonlyMap<string, Tensor>
  | Readonly<Record<string, Tensor>>
  | Iterable<readonly [string, Tensor]>

const isIterable = (x: object): x is Iterable<readonly [string, Tensor]> => Symbol.iterator in x

/** Names and tensors, in order. */
export const entriesOf = (tensors: NamedTensors): [string, Tensor][] =>
  isIterable(tensors)
    ? Array.from(tensors, ([name, tensor]) => [name, tensor])
    : Object.entries(tensors)
