/** Options of optimizers: by position or by name, checked as PyTorch does. */
import { camelCase, NotImplementedError, pythonFloat, ValueError } from '@sconce/core'

/** Switches of PyTorch's implementations, which are kept in groups and state dicts; none has an effect. */
export interface ImplementationOptions {
  foreach?: boolean
  capturable?: boolean
  fused?: boolean
  /** True is refused: a fused step can't be differentiated. */
  differentiable?: boolean
}

/** Arguments of an optimizer behind its parameters: options, or the learning rate in front of them. */
export type OptionArguments<O> = [options?: Partial<O>] | [lr: number, options?: Partial<O>]

const isOptions = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An object with its keys in camelCase: PyTorch's spelling is understood. */
export const camelKeys = (object: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [camelCase(key), value]))

/** `expAvg` → `exp_avg`, `TMax` → `T_max`. */
export const snakeCase = (name: string): string =>
  name.replace(/(?<=[a-z0-9])[A-Z]|(?<=^[A-Z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** The defaults, with what was given in their place: by position in their order, then by name. */
export function withDefaults<O extends object>(defaults: O, args: readonly unknown[]): O {
  const names = Object.keys(defaults)
  const options: Record<string, unknown> = {}
  args.forEach((value, i) => {
    if (isOptions(value)) Object.assign(options, camelKeys(value))
    else if (value !== undefined) options[names[i]] = value
  })
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(given) }
}

/** PyTorch's words for the options whose values may not be negative. */
const LABELS: Readonly<Record<string, string>> = {
  lr: 'learning rate',
  eps: 'epsilon value',
  momentum: 'momentum value',
  weightDecay: 'weight_decay value',
  momentumDecay: 'momentum_decay value',
  lrDecay: 'lr_decay value',
  initialAccumulatorValue: 'initial_accumulator_value value',
  alpha: 'alpha value',
}

const isPair = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length === 2

/**
 * Checks options that mean the same everywhere.
 *
 * @throws ValueError in PyTorch's words; NotImplementedError for `differentiable`.
 */
export function checkOptions(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    // A learning rate of NaN is one that every group has to give.
    if (name in LABELS && Number(value) < 0)
      throw new ValueError(`Invalid ${LABELS[name]}: ${pythonFloat(Number(value))}`)
    if (name === 'betas' && isPair(value)) {
      value.forEach((beta, i) => {
        if (!(beta >= 0 && beta < 1))
          throw new ValueError(`Invalid beta parameter at index ${i}: ${pythonFloat(beta)}`)
      })
    }
    if (name === 'differentiable' && value === true)
      throw new NotImplementedError('differentiable optimizer steps are not supported')
  }
}
