import type { BackendInfo } from '@sconce/backend'
import type { Outcome } from '../case.ts'

/** Errors that depend on the elements of a tensor, by PyTorch's words for them. */
const aboutElements =
  /index -?\d+ is out of bounds|index out of range in self|elements of input should be between|ZeroDivisionError/

/**
 * Of a call that was not refused though PyTorch does: unclaimed where the reason is an element, and looking
 * at elements would make the host wait for the device. PyTorch's GPUs do not look either.
 * @param message PyTorch's
 */
export function unlookedAt(message: string, { readSync }: BackendInfo): Outcome | undefined {
  if (readSync === 'free' || !aboutElements.test(message)) return undefined
  return {
    status: 'unclaimed',
    message: `elements are not looked at for checks: readSync is '${readSync}'`,
  }
}
