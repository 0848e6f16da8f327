import type { Row } from '../rows/row.ts'
import type { Trial } from '../timing/trial.ts'

/** A library on a backend. */
export interface Contestant {
  /** Heading of its column. */
  readonly name: string
  /** Makes it ready for a row; undefined where the row has no form for it. */
  prepare(row: Row): Promise<Trial | undefined>
  close?(): void
}
