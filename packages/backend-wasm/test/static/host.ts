import { setFlagsFromString } from 'node:v8'
import {
  type Buffer,
  contiguousStrides,
  type DType,
  dtypes,
  elementCount,
  type Operand,
  type TypedArray,
} from '@sconce/backend'
import {
  entryNames,
  type Features,
  type Host,
  hasRelaxedSimd,
  instantiateLibrary,
  libraryBytes,
  scratchBytes,
} from '../../src/static/index.ts'
import { evaluateMap } from './evaluate.ts'
import type { Random } from './random.ts'

// Node 20 knows relaxed SIMD, but behind a flag.
if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd')

interface Block extends Buffer {
  readonly address: number
}

export interface TestHost extends Host {
  /** A dense operand with these values. */
  upload(dtype: DType, shape: readonly number[], values: ArrayLike<number | bigint>): Operand
  /** Every element of the operand's buffer. */
  contents(operand: Operand): TypedArray
  /** Calls of the library since the last `reset`. */
  calls: string[]
  /** Forgets all operands. */
  reset(): void
}

/** Bytes around every buffer that hold a pattern, and must hold it still when a kernel is done. */
const guard = 64
const pattern = 0x7fe51234

/** Order in which parts of the units are run, to prove that they don't depend on each other. */
export type Cuts = 'whole' | 'shuffled'

/** A host with one thread and a memory that only grows: what the library needs, and checks of how it uses it. */
export function testHost(features: Features, cuts: Cuts, random: Random): TestHost {
  const memory = new WebAssembly.Memory({ initial: 1024, maximum: 65536, shared: features.shared })
  const library = instantiateLibrary(new WebAssembly.Module(libraryBytes(features)), memory)
  const argsAt = 1024
  const scratchAt = 65536
  const start = scratchAt + 2 * scratchBytes
  let top = start
  new Uint8Array(memory.buffer, scratchAt, 2 * scratchBytes).fill(0xff)
  const guards: number[] = []

  const allocate = (dtype: DType, length: number): Block => {
    const bytes = Math.ceil((length * dtypes[dtype].size) / 16) * 16
    const address = top + guard
    top = address + bytes
    while (top + guard > memory.buffer.byteLength) memory.grow(256)
    const words = new Int32Array(memory.buffer)
    words.fill(pattern, (address - guard) >> 2, (top + guard) >> 2)
    guards.push(address - guard, top)
    return { dtype, length, address }
  }
  const addressOf = (buffer: Buffer) => (buffer as Block).address
  const contents = (operand: Operand) =>
    new dtypes[operand.dtype].array(
      memory.buffer,
      addressOf(operand.buffer),
      operand.buffer.length,
    ) as TypedArray
  const dense = (dtype: DType, shape: readonly number[]): Operand => ({
    buffer: allocate(dtype, elementCount(shape)),
    dtype,
    shape,
    strides: contiguousStrides(shape),
    offset: 0,
  })
  const host: TestHost = {
    memory,
    threads: cuts === 'whole' ? 1 : 3,
    calls: [],
    contents,
    reset() {
      top = start
      guards.length = 0
      host.calls.length = 0
    },
    upload(dtype, shape, values) {
      const operand = dense(dtype, shape)
      const array = contents(operand)
      for (let i = 0; i < array.length; i++) array[i] = values[i]
      return operand
    },
    temporary: dense,
    address: (operand) => addressOf(operand.buffer) + operand.offset * dtypes[operand.dtype].size,
    map: (kernel, inputs, outputs, scalars) =>
      evaluateMap(kernel, inputs, outputs, scalars, contents),
    dispatch(entry, args, units) {
      if (!entryNames.includes(entry)) throw new Error(`no export ${entry}`)
      host.calls.push(entry)
      new Int32Array(memory.buffer).set(args.words.subarray(0, args.length), argsAt >> 2)
      const parts: [number, number][] = []
      if (cuts === 'whole') parts.push([0, units])
      else {
        for (let begin = 0; begin < units; ) {
          const end = Math.min(units, begin + 1 + Math.floor((random() * units) / 3))
          parts.splice(Math.floor(random() * (parts.length + 1)), 0, [begin, end])
          begin = end
        }
      }
      const scratch = new Uint8Array(memory.buffer, scratchAt, 2 * scratchBytes)
      // What a thread left in its scratch area is no concern of the next call.
      if (random() < 0.1) scratch.fill(0xff)
      for (const [begin, end] of parts) library[entry](argsAt, begin, end, scratchAt)
      for (let i = scratchBytes; i < scratch.length; i += 997) {
        if (scratch[i] !== 0xff) throw new Error(`${entry} wrote past its scratch area`)
      }
      const words = new Int32Array(memory.buffer)
      for (const at of guards) {
        for (let i = 0; i < guard / 4; i++) {
          if (words[(at >> 2) + i] !== pattern)
            throw new Error(`${entry} wrote outside of its operands`)
        }
      }
    },
  }
  return host
}
