import type { Operand } from '@sconce/backend'

/** Where an operand's matrix begins at an index of the leading dims. */
export function startAt({ offset, strides }: Operand, index: readonly number[]): number {
  let at = offset
  for (let d = 0; d < index.length; d++) at += index[d] * strides[d]
  return at
}

/** Calls back at all indices of the first `rank` dims of a shape; the array is one and the same. */
export function eachIndex(
  shape: readonly number[],
  rank: number,
  callback: (index: readonly number[]) => void,
): void {
  const index = Array<number>(rank).fill(0)
  const walk = (d: number) => {
    if (d === rank) {
      callback(index)
      return
    }
    for (index[d] = 0; index[d] < shape[d]; index[d]++) walk(d + 1)
  }
  walk(0)
}
