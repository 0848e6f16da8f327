import { entryNames, plain, relaxed } from '../generated/library.ts'

/** The library's exports; a position in this list names a kernel to a worker. */
export { entryNames }
export type EntryName = (typeof entryNames)[number]

/**
 * Every export has this one signature, so that one thread pool runs them all: `args` points to the
 * argument block, `begin`…`end` is the part of the units of work to do, and `scratch` points to
 * `scratchBytes` bytes, 16-aligned, that nobody else uses meanwhile. Disjoint ranges may run at once.
 */
export type Entry = (args: number, begin: number, end: number, scratch: number) => void

export type Library = Readonly<Record<EntryName, Entry>>

/** Scratch memory that each thread brings to every call. */
export const scratchBytes = 832 * 1024

export interface Features {
  /** Fused multiply-add: faster, where `hasRelaxedSimd()`. */
  readonly relaxed: boolean
  /** Whether the memory is a shared one. */
  readonly shared: boolean
}

// A module with one function, () → v128: the i8x16.relaxed_swizzle of two splats.
const probe = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0],
  ...[65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
]

/** Whether this JS engine knows WebAssembly's relaxed SIMD. */
export const hasRelaxedSimd = (): boolean => WebAssembly.validate(new Uint8Array(probe))

/** The value of a hexadecimal digit, '0'…'9' or 'a'…'f'. */
const digit = (code: number): number => (code & 15) + (code >> 6) * 9

/** The binary of a variant: for `WebAssembly.compile`, or to send to a worker. */
export function libraryBytes({ relaxed: fused, shared }: Features): Uint8Array<ArrayBuffer> {
  const { hex, memoryFlags } = fused ? relaxed : plain
  const bytes = new Uint8Array(hex.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (digit(hex.charCodeAt(2 * i)) << 4) | digit(hex.charCodeAt(2 * i + 1))
  }
  // The flags of the imported memory's limits: 1 has a maximum, 2 is shared.
  bytes[memoryFlags] = shared ? 3 : 1
  return bytes
}

/**
 * Links a compiled binary with a memory. The memory must have a `maximum` (at most 65536 pages) and be
 * shared exactly if the binary was made so. Nothing is kept in the memory beyond the calls.
 */
export function instantiateLibrary(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Library {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  // The build lists the exports in `entryNames`, and all have the one signature.
  return exports as unknown as Library
}
