import type { Kernel } from '@sconce/backend'

const numbers = new WeakMap<Kernel, number>()
let next = 0

/**
 * A number for a kernel, to key programs by. Not its `id`: two copies of the library on one page
 * number their kernels each for itself.
 */
export function identityOf(kernel: Kernel): number {
  let number = numbers.get(kernel)
  if (number === undefined) {
    number = next++
    numbers.set(kernel, number)
  }
  return number
}
