import { Tensor } from '@sconce/core'

/** Whether a value is nothing but options by name. */
const isOptions = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/**
 * Arguments of a call by name: the first ones by position, the rest in an options object that comes last.
 * null is nothing.
 */
export function named<T extends object>(
  given: readonly (Tensor | boolean | Partial<T> | null | undefined)[],
  names: readonly (keyof T & string)[],
): Partial<T> {
  const values: Record<string, unknown> = {}
  given.forEach((value, i) => {
    if (isOptions(value) && !(value instanceof Tensor)) Object.assign(values, value)
    else values[names[i]] = value
  })
  const present = Object.entries(values).filter(([, v]) => v !== null && v !== undefined)
  // Names and values are those of the options.
  return Object.fromEntries(present) as Partial<T>
}
