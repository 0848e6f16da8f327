import type { Host } from './host.ts'

/** A temporary with these integers; its address. */
export function uploadIntegers(host: Host, values: Int32Array): number {
  const address = host.address(host.temporary('int32', [values.length]))
  new Int32Array(host.memory.buffer, address, values.length).set(values)
  return address
}

/** For each position of `shape`, in row-major order, its element offset in every operand. */
export function batchOffsets(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
): Int32Array {
  let items = [strides.map(() => 0)]
  for (let d = 0; d < shape.length; d++) {
    const next: number[][] = []
    for (const base of items) {
      for (let i = 0; i < shape[d]; i++) next.push(base.map((o, k) => o + i * strides[k][d]))
    }
    items = next
  }
  return Int32Array.from(items.flat())
}
