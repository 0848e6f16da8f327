/** The packages on top of the op table, which programs find in `torch.nn` and `torch.optim`. */
import * as nn from '@sconce/nn'
import * as optim from '@sconce/optim'

export const packages: { readonly nn: object; readonly optim: object } = { nn, optim }

/** The package that a program needs and that has nothing in it, by its name. */
export function lackingPackage(program: string): 'nn' | 'optim' | undefined {
  for (const name of ['nn', 'optim'] as const)
    if (new RegExp(`\\b${name}\\.`).test(program) && Object.keys(packages[name]).length === 0)
      return name
  return undefined
}
