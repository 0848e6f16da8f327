import type { TorchValue } from './materialize.ts'

/**
 * The same value with plain objects for the dicts whose keys are all texts: what an optimizer's or a
 * scheduler's `loadStateDict` takes. Dicts with other keys stay Maps.
 */
export function asObjects(value: TorchValue): unknown {
  if (Array.isArray(value)) return value.map(asObjects)
  if (!(value instanceof Map)) return value
  const entries = Array.from(value, ([key, item]) => [key, asObjects(item)] as const)
  return entries.every(([key]) => typeof key === 'string')
    ? Object.fromEntries(entries.map(([key, item]) => [String(key), item]))
    : new Map(entries)
}
