import type { TorchValue } from './materialize.ts'

/** A value of a PyTorch file in which dicts with texts as keys are objects. */
export type PlainTorchValue =
  | Exclude<TorchValue, unknown[] | Set<TorchValue> | Map<TorchValue, TorchValue>>
  | PlainTorchValue[]
  | Set<TorchValue>
  | Map<TorchValue, PlainTorchValue>
  | { [key: string]: PlainTorchValue }

/**
 * The same value with plain objects for the dicts whose keys are all texts: what an optimizer's or a
 * scheduler's `loadStateDict` takes. Dicts with other keys stay Maps.
 */
export function asObjects(value: TorchValue): PlainTorchValue {
  if (Array.isArray(value)) return value.map(asObjects)
  if (!(value instanceof Map)) return value
  const entries = Array.from(value, ([key, item]) => [key, asObjects(item)] as const)
  const named = entries.every(([key]) => typeof key === 'string')
  return named
    ? Object.fromEntries(entries.map(([key, item]) => [String(key), item]))
    : new Map(entries)
}
