import type { Summary } from '../timing/statistics.ts'

/** A cell: times of a contestant on a row, or why there are none. */
export type Cell = Timed | Failed

export interface Timed extends Summary {
  /** Calls that made a sample. */
  readonly iterations: number
}
export interface Failed {
  readonly error: string
}

export const isTimed = (cell: Cell | undefined): cell is Timed =>
  cell !== undefined && 'median' in cell

/** Which of ours is held against which peers; the best of them counts. */
export interface Duel {
  readonly label: string
  readonly ours: string
  readonly peers: readonly string[]
}

/** The outcome of a duel on a row. */
export interface Outcome {
  /** How many times as long the best peer took; above 1, ours is faster. */
  readonly ratio: number
  readonly peer: string
}

export interface RowResult {
  readonly name: string
  readonly flops?: number
  readonly cells: Readonly<Record<string, Cell>>
  /** By label of the duel. */
  readonly duels: Readonly<Record<string, Outcome>>
}

/** A figure that is no time: a count, a size. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What it should not exceed. */
  readonly goal?: number
}

/** Where and when a run was made. */
export interface Circumstances {
  readonly commit: string
  readonly date: string
  readonly runtime: string
  readonly processor: string
  /** Nanoseconds that a fixed piece of JavaScript took: how fast the machine was just then. */
  readonly calibration: number
}

export interface Result extends Circumstances {
  readonly suite: string
  readonly contestants: readonly string[]
  readonly duels: readonly Duel[]
  readonly rows: readonly RowResult[]
  readonly figures: readonly Figure[]
}
