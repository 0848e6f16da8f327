import type { Tensor } from '@sconce/core'

/** The part of `@sconce/autograd` that op cases use. */
export interface Autograd {
  grad(
    outputs: readonly Tensor[],
    inputs: readonly Tensor[],
    options: {
      gradOutputs?: readonly Tensor[]
      createGraph?: boolean
      retainGraph?: boolean
      allowUnused?: boolean
    },
  ): readonly (Tensor | null | undefined)[]
}

const isAutograd = (module: object): module is Autograd =>
  'grad' in module && typeof module.grad === 'function'

/**
 * The autograd package.
 * @throws Error where it has no `grad`
 */
export async function loadAutograd(): Promise<Autograd> {
  const module: object = await import('@sconce/autograd')
  if (!isAutograd(module)) throw new Error('@sconce/autograd has no grad()')
  return module
}
