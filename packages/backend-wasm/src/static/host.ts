import type { DType, MapKernel, Operand } from '@sconce/backend'
import type { Arguments } from './arguments.ts'
import type { EntryName } from './library.ts'

/** What the static kernels need of the backend around them. */
export interface Host {
  readonly memory: WebAssembly.Memory
  /** Threads that may share one kernel: work is cut finer where there are several. */
  readonly threads: number
  /** Byte address of the operand's first element. */
  address(operand: Operand): number
  /** A contiguous operand with unspecified contents that lives until the kernel's call is over. 16-aligned. */
  temporary(dtype: DType, shape: readonly number[]): Operand
  /**
   * Runs `entry` on the units 0 … `units`, cut over threads if that pays, and returns when all is done.
   * `args` is copied into the memory first. `cost` estimates the whole work in nanoseconds of one thread.
   */
  dispatch(entry: EntryName, args: Arguments, units: number, cost: number): void
  /** Runs a map kernel; layouts come as they are, not canonical. */
  map(
    kernel: MapKernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void
}
