import type { Tensor } from '@sconce/core'
import { at, type Comparison, different, same, worst } from '../compare/comparison.ts'
import { compareTensors } from '../compare/tensors.ts'
import { errorText, isDeliberate } from '../execute/python-errors.ts'
import { readTensor, tensorsOf } from '../execute/read.ts'

/** What a call gave: tensors, or an error that it threw on purpose. */
export type Found = { readonly tensors: readonly Tensor[] } | { readonly error: string }

/**
 * Makes a call.
 * @throws what is thrown not on purpose
 */
export function attempt(call: () => unknown): Found {
  try {
    return { tensors: tensorsOf(call()) }
  } catch (error) {
    if (!isDeliberate(error)) throw error
    return { error: errorText(error) }
  }
}

/** Vector units and scalar code may round differently; by more than that nothing is to differ. */
const ULP = 8

/** Whether two ways to the same result gave the same, or refused alike. */
export async function compareFound(
  actual: Found,
  expected: Found,
  op: string,
): Promise<Comparison> {
  if ('error' in expected)
    return 'error' in actual ? same : different(`expected ${expected.error}, but it did not throw`)
  if ('error' in actual) return different(`threw ${actual.error}`)
  if (actual.tensors.length !== expected.tensors.length)
    return different(`gave ${actual.tensors.length} tensors, not ${expected.tensors.length}`)
  const comparisons = expected.tensors.map(async (tensor, i) => {
    const [a, e] = [await readTensor(actual.tensors[i]), await readTensor(tensor)]
    const compared = compareTensors(a, e, { op })
    const close = compareTensors(a, e, { op, tolerance: { rtol: 0, atol: 0, ulp: ULP } })
    return at(expected.tensors.length > 1 ? `output ${i}` : '', close.ok ? close : compared)
  })
  return worst(await Promise.all(comparisons))
}
