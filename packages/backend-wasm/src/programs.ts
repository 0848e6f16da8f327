import type { Program } from './program.ts'

/** The compiled classes of one kernel. */
export class ProgramTable {
  /** The program for contiguous layouts. */
  flat: Program | undefined
  readonly others = new Map<number | string, Program>()
  /** When it was last used. */
  tick = 0

  get size(): number {
    return this.others.size + (this.flat ? 1 : 0)
  }

  /** Drops all programs, and hands them to `dropped`. */
  clear(dropped: (program: Program) => void): void {
    if (this.flat) dropped(this.flat)
    for (const program of this.others.values()) dropped(program)
    this.flat = undefined
    this.others.clear()
  }
}

/**
 * Bounds the number of compiled programs. Using one only stamps its kernel's table with a tick; when
 * there are too many, the tables that went unused longest are emptied until half are left.
 */
export class ProgramCache {
  readonly #capacity: number
  readonly #dropped: (program: Program) => void
  readonly #tables = new Set<ProgramTable>()
  tick = 0
  #size = 0
  #compiled = 0

  constructor(capacity: number, dropped: (program: Program) => void) {
    this.#capacity = capacity
    this.#dropped = dropped
  }

  /** Programs that are kept. */
  get size(): number {
    return this.#size
  }

  /** Programs compiled since the start. */
  get compiled(): number {
    return this.#compiled
  }

  /** Says that `table` got another program. */
  added(table: ProgramTable): void {
    this.#tables.add(table)
    this.#compiled++
    this.#size++
    if (this.#size <= this.#capacity) return
    const byAge = [...this.#tables].sort((a, b) => a.tick - b.tick)
    for (const old of byAge) {
      if (this.#size <= this.#capacity / 2) break
      // What is in use now goes last, and only if it alone is too much.
      if (old === table && this.#size <= this.#capacity) break
      this.#size -= old.size
      old.clear(this.#dropped)
      this.#tables.delete(old)
    }
  }
}
