import type { Program } from './engine.ts'

/** The compiled classes of one kernel. */
export class ProgramTable {
  readonly cache: ProgramCache
  /** The program for contiguous layouts. */
  flat: Program | undefined
  readonly others = new Map<number | string, Program>()
  /** When it was last used. */
  tick = 0

  constructor(cache: ProgramCache) {
    this.cache = cache
  }

  get size(): number {
    return this.others.size + (this.flat ? 1 : 0)
  }

  drop(): void {
    this.flat = undefined
    this.others.clear()
  }
}

/**
 * Bounds the number of compiled programs. Looking one up only stamps its kernel's table with a tick;
 * when there are too many, the half of the tables that went unused longest is dropped.
 */
export class ProgramCache {
  readonly #capacity: number
  readonly #tables = new Set<ProgramTable>()
  tick = 0
  #count = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Programs compiled and kept. */
  get size(): number {
    return this.#count
  }

  /** Says that `table` got another program. */
  added(table: ProgramTable): void {
    this.#tables.add(table)
    this.#count++
    if (this.#count <= this.#capacity) return
    const byAge = [...this.#tables].sort((a, b) => a.tick - b.tick)
    for (const old of byAge) {
      if (this.#count <= this.#capacity / 2) break
      if (old === table && old.size <= this.#capacity) continue
      this.#count -= old.size
      old.drop()
      this.#tables.delete(old)
    }
  }
}
