import type { Host } from './host.ts'

/** A temporary with these integers; its address. */
export function uploadIntegers(host: Host, values: Int32Array): number {
  const address = host.address(host.temporary('int32', [values.length]))
  new Int32Array(host.memory.buffer, address, values.length).set(values)
  return address
}
