import { step } from './access.ts'
import type { Node } from './graph.ts'
import type { Window } from './leaves.ts'
import type { Nest, Place } from './nest.ts'
import type { Region } from './region.ts'
import type { Writer } from './writer.ts'

/** The variables of an innermost loop: where the operands stand and how many elements are left. */
export class Cursor {
  readonly #writer: Writer
  readonly #nest: Nest
  readonly #place: Place
  /** None for operands that stand still. */
  readonly #addresses: readonly (number | undefined)[]
  readonly #position: number | undefined
  readonly left: number

  /** Starts the loop at `place`; `indexed`: whether positions are wanted. */
  constructor(writer: Writer, nest: Nest, place: Place, indexed: boolean) {
    const { region } = place
    const inner = nest.loops - 1
    this.#writer = writer
    this.#nest = nest
    this.#place = place
    this.#addresses = place.addresses.map((address, k) =>
      nest.spans[k].step === step.still ? undefined : writer.variable(address, region),
    )
    this.left = writer.variable(nest.size(inner), region)
    this.#position = indexed ? writer.variable(nest.start(inner), region) : undefined
  }

  addresses(region: Region): Node[] {
    return this.#addresses.map((local, k) =>
      local === undefined ? this.#place.addresses[k] : this.#writer.get(local, region),
    )
  }

  positions(region: Region): Node[] {
    const { positions } = this.#place
    if (this.#position === undefined) return [...positions]
    return [...positions, this.#writer.get(this.#position, region)]
  }

  /** Group `group` of four elements, of which `count` exist if given. */
  window(region: Region, group: number, count?: Node): Window {
    const window = {
      addresses: this.addresses(region),
      positions: this.positions(region),
      group,
    }
    return count === undefined ? window : { ...window, count }
  }

  /** Moves on by `count` elements, at the end of `region`. */
  moveOn(count: number, region: Region): void {
    const writer = this.#writer
    this.#addresses.forEach((local, k) => {
      if (local !== undefined) writer.advance(local, this.#nest.distance(k, count), region)
    })
    if (this.#position !== undefined) writer.advance(this.#position, count, region)
    writer.advance(this.left, -count, region)
  }

  /** The condition that `count` elements are left. */
  atLeast(count: number): (region: Region) => Node {
    const { graph } = this.#writer
    return (region) => graph.op('i32.ge_s', [this.#writer.get(this.left, region), graph.i32(count)])
  }
}
