import '@sconce/backend-cpu'
import type { Tensor } from '@sconce/core'

/** Elements as nested arrays. */
export const values = (t: Tensor): unknown => t.toArray()

/** The error that a call throws, as PyTorch prints it. */
export function errorOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return String(error)
  }
  throw new Error('expected an error, but the call succeeded')
}
