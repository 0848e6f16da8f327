import { Code } from '../wasm/code.ts'

/**
 * A place in a function where values are computed: the function's start, the body of a loop, what
 * follows a loop. A value known in a region is known in all regions inside of it.
 */
export class Region {
  readonly level: number
  readonly code = new Code()

  constructor(parent?: Region) {
    this.level = parent ? parent.level + 1 : 0
  }
}

/** The innermost of regions that lie inside each other. */
export const innermost = (a: Region, b: Region): Region => (a.level >= b.level ? a : b)
