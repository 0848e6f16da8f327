import type { OutputPlan } from '../kernels/plan.ts'
import type { Source } from './source.ts'

/** A position along a dim: one for all lanes (in a run: that of lane 0), or one for each. */
export interface Place {
  readonly code: string
  readonly each: boolean
}

const origin: Place = { code: '0', each: false }

/** Where the four lanes of a fragment are in the iteration space. */
export interface Space {
  /** The dim along which the lanes are neighbours; -1: none. */
  readonly lane: number
  /** Row-major position of lane 0, where neighbouring lanes are neighbours in row-major order. */
  readonly position?: string
  /** Position along dim `d`. */
  place(d: number): Place
}

/** The int32 positions of the four lanes along `d`. */
export function indexOf(source: Source, space: Space, d: number): string {
  const { code, each } = space.place(d)
  if (each) return code
  if (d !== space.lane) return `ivec4(${code})`
  source.use('constants')
  return `${code} + LANES`
}

/** Positions along `dims` from a row-major position among them; `small` if that is below 2^21. */
export function decompose(
  source: Source,
  dims: readonly number[],
  position: string,
  each: boolean,
  small = false,
): Map<number, Place> {
  const places = new Map<number, Place>()
  const type = each ? 'ivec4' : 'int'
  let rest = position
  for (let i = dims.length - 1; i > 0; i--) {
    const d = dims[i]
    const size = source.size(d)
    const inverse = source.inverseSize(d)
    const quotient =
      small && !each
        ? source.call('smallQuotient', rest, inverse)
        : source.call('quotient', rest, size, inverse)
    const q = source.let(type, quotient)
    places.set(d, { code: source.let(type, `${rest} - ${q} * ${size}`), each })
    rest = q
  }
  if (dims.length > 0) places.set(dims[0], { code: rest, each })
  return places
}

export const spaceOf = (places: ReadonlyMap<number, Place>, lane: number): Space => ({
  lane,
  place: (d) => places.get(d) ?? origin,
})

/** The space of an output's fragments, and which lanes belong to the output. */
export class OutputSpace implements Space {
  readonly lane: number
  /** Row-major position of the fragment's first lane; only where the output is flat. */
  readonly position: string
  readonly #source: Source
  readonly #plan: OutputPlan
  readonly #operand: number
  readonly #texel: string
  #places: Map<number, Place> | undefined
  #valid: string | undefined

  /** `operand` is the output's number among the operands of the call. */
  constructor(source: Source, plan: OutputPlan, operand: number) {
    this.#source = source
    this.#plan = plan
    this.#operand = operand
    this.lane = plan.lane
    this.#texel = source.let('int', source.call('texel'))
    this.position = source.let('int', `4 * ${this.#texel} - ${source.offset(operand)}`)
  }

  place(d: number): Place {
    this.#places ??= this.#solve()
    return this.#places.get(d) ?? origin
  }

  /** Row-major positions of the four lanes; only where the output is flat. */
  positions(): string {
    this.#source.use('constants')
    return `(${this.position} + LANES)`
  }

  /** The name of a bvec4: which lanes are elements of the output. */
  valid(): string {
    const source = this.#source
    if (this.#plan.flat) {
      const { dims } = this.#plan
      const key = `count ${dims}`
      const count = source.int(key, (c) => dims.reduce((n, d) => n * c.shape[d], 1))
      const p = source.let('ivec4', this.positions())
      const inside = `greaterThanEqual(${p}, ivec4(0)), lessThan(${p}, ivec4(${count}))`
      this.#valid ??= source.let('bvec4', source.call('b_and', inside))
      return this.#valid
    }
    this.#places ??= this.#solve()
    return this.#valid ?? 'bvec4(true)'
  }

  #solve(): Map<number, Place> {
    const { dims, flat, run } = this.#plan
    if (!flat) return run ? this.#solveTexels() : this.#solveElements()
    if (run) return decompose(this.#source, dims, this.position, false)
    return decompose(this.#source, dims, this.#source.let('ivec4', this.positions()), true)
  }

  /** Division by one stride after the other, each lane for itself. */
  #solveElements(): Map<number, Place> {
    const source = this.#source
    const places = new Map<number, Place>()
    let rest = source.let('ivec4', this.positions())
    let valid = `greaterThanEqual(${rest}, ivec4(0))`
    for (const d of this.#plan.order) {
      const stride = source.stride(this.#operand, d)
      const inverse = this.#inverseStride(d)
      const q = source.let('ivec4', source.call('quotient', rest, stride, inverse))
      rest = source.let('ivec4', `${rest} - ${q} * ${stride}`)
      places.set(d, { code: q, each: true })
      valid = source.call('b_and', valid, `lessThan(${q}, ivec4(${source.size(d)}))`)
    }
    valid = source.call('b_and', valid, `equal(${rest}, ivec4(0))`)
    this.#valid = source.let('bvec4', valid)
    return places
  }

  /** The same, once for the texel: all strides but that of the run are whole texels. */
  #solveTexels(): Map<number, Place> {
    const source = this.#source
    const { order, lane } = this.#plan
    const places = new Map<number, Place>()
    let rest = source.let('int', `${this.#texel} - (${source.offset(this.#operand)} >> 2)`)
    let valid = `${rest} >= 0`
    for (const d of order) {
      if (d === lane) continue
      const stride = `(${source.stride(this.#operand, d)} >> 2)`
      const inverse = `(4.0 * ${this.#inverseStride(d)})`
      const q = source.let('int', source.call('quotient', rest, stride, inverse))
      rest = source.let('int', `${rest} - ${q} * ${stride}`)
      places.set(d, { code: q, each: false })
      valid += ` && ${q} < ${source.size(d)}`
    }
    const first = source.let('int', `4 * ${rest}`)
    places.set(lane, { code: first, each: false })
    this.#valid = source.let('bvec4', `bvec4(${valid} && ${first} < ${source.size(lane)})`)
    return places
  }

  #inverseStride(d: number): string {
    const operand = this.#operand
    return this.#source.float(
      `inverse stride ${operand} ${d}`,
      (c) => 1 / c.operands[operand].strides[d],
    )
  }
}
