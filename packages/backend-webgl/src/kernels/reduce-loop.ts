import type { Expr, ReduceKernel } from '@sconce/backend'
import { samplerOf } from '../device/formats.ts'
import { Emitter, type Leaves } from '../glsl/emit.ts'
import { classesOf, loader } from '../glsl/leaves.ts'
import { fetch, offsetAt } from '../glsl/operands.ts'
import type { Source } from '../glsl/source.ts'
import { decompose, indexOf, type Place, type Space } from '../glsl/space.ts'
import { fromTexture, vectorType } from '../glsl/types.ts'
import {
  type Accumulator,
  accumulate,
  asAccumulated,
  declare,
  isFloatSum,
  masked,
  partialDTypes,
  type Term,
} from './accumulators.ts'
import type { ReducePlan } from './reduce-plan.ts'

/** Numbers that a pass is called with: the words `extra(i)` of its program. */
export const words = {
  /** Steps of a fragment, of a block within them, and of all fragments together. */
  each: 0,
  block: 1,
  steps: 2,
  /** Pieces into which this pass cuts each row or column. */
  pieces: 3,
  /** Elements that go into a result. */
  reduced: 4,
  /** Texels of a row of column results. */
  width: 5,
} as const

/** What a pass does: which reductions, from where. */
export interface ReducePass {
  /** A kernel, or as much of one as is accumulated. */
  readonly kernel: Pick<ReduceKernel, 'reductions'>
  readonly plan: ReducePlan
  /** Numbers of the reductions, in order. */
  readonly reductions: readonly number[]
  /** Slots of each reduction's partial results; undefined where the kernel's inputs are read. */
  readonly partials: readonly (readonly number[])[] | undefined
}

/** Writes the loop of a pass and gives the accumulators after it. */
export class Loop {
  readonly #source: Source
  readonly #pass: ReducePass
  readonly #before: readonly string[]

  /** `before` are the results of an earlier loop that the expressions name: `acc(0)`… */
  constructor(source: Source, pass: ReducePass, before: readonly string[] = []) {
    this.#source = source
    this.#pass = pass
    this.#before = before
  }

  /**
   * `kept` are the places of the fragment (or of the lane in turn) along the kept dims; `piece` is the
   * number of its piece; `home` the first element of its partial results, or each lane's.
   */
  write(kept: Space, piece: string | undefined, home: (step: string) => Place): Accumulator[] {
    const source = this.#source
    const { kernel, reductions } = this.#pass
    const accs = reductions.map((k) => declare(source, kernel.reductions[k]))
    const steps = source.extra(words.steps)
    const each = source.extra(words.each)
    const begin = piece === undefined ? '0' : source.let('int', `${piece} * ${each}`)
    const end = piece === undefined ? steps : source.let('int', `min(${begin} + ${each}, ${steps})`)
    const term = this.#pass.partials ? this.#partialTerms(home) : this.#kernelTerms(kept, accs)
    const sums = accs.filter((acc) => isFloatSum(acc.reduction))
    if (sums.length === 0) {
      this.#loop('s', begin, end, '1', () => this.#step('s', accs, accs, term))
      return accs
    }
    // Adding block by block keeps the error small.
    const block = source.extra(words.block)
    this.#loop('b', begin, end, block, () => {
      const inner = accs.map((acc) =>
        isFloatSum(acc.reduction) ? declare(source, acc.reduction) : acc,
      )
      const stop = source.let('int', `min(b + ${block}, ${end})`)
      this.#loop('s', 'b', stop, '1', () => this.#step('s', accs, inner, term))
      accs.forEach((acc, i) => {
        if (inner[i] !== acc) accumulate(source, acc, { value: inner[i].value })
      })
    })
    return accs
  }

  #loop(name: string, from: string, to: string, by: string, body: () => void): void {
    this.#source.line(`for (int ${name} = ${from}; ${name} < ${to}; ${name} += ${by}) {`)
    body()
    this.#source.line('}')
  }

  #step(
    step: string,
    accs: readonly Accumulator[],
    into: readonly Accumulator[],
    term: (step: string) => Term[],
  ): void {
    // Lanes of a row hold parts of one result, so their positions are in no order from piece to piece.
    const unordered = this.#pass.partials !== undefined && this.#pass.plan.rows
    const terms = term(step)
    accs.forEach((_, i) => accumulate(this.#source, into[i], terms[i], unordered))
  }

  /** Terms from the partial results of the pass before. */
  #partialTerms(home: (step: string) => Place): (step: string) => Term[] {
    const source = this.#source
    const { kernel, reductions, partials } = this.#pass
    return (step) =>
      reductions.map((k, i) => {
        const at = home(step)
        const dtypes = partialDTypes(kernel.reductions[k])
        const parts = dtypes.map((dtype, j) => {
          const texture = source.texture(partials?.[i][j] ?? -1, samplerOf(dtype))
          const way = at.each ? 'gather' : 'loose'
          const code = fromTexture(dtype, source.call(way, texture, at.code))
          return source.let(vectorType(dtype), code)
        })
        return { value: parts[0], position: parts[1] }
      })
  }

  /** Terms from the kernel's expressions; what does not change in the loop is written before it. */
  #kernelTerms(kept: Space, accs: readonly Accumulator[]): (step: string) => Term[] {
    const source = this.#source
    const { kernel, plan, reductions } = this.#pass
    const { rows, run, reducedDims } = plan
    const places = new Map<number, Place>()
    const space: Space = {
      lane: plan.lane,
      place: (d) => places.get(d) ?? (reducedDims.includes(d) ? unset : kept.place(d)),
    }
    const fixed = (node: Expr): boolean => isFixed(node, plan)
    const emitter = new Emitter(source, this.#leaves(space, fixed))
    const values = reductions.map((k) => kernel.reductions[k].value)
    for (const value of values) emitFixed(emitter, value, fixed)
    return (step) => {
      let valid: string | undefined
      if (rows) {
        const first = source.let('int', `4 * ${step}`)
        source.use('constants')
        const lanes = source.let('ivec4', `${first} + LANES`)
        setAll(places, decompose(source, reducedDims, run ? first : lanes, !run))
        if (plan.ragged) {
          const reduced = source.extra(words.reduced)
          valid = source.let('bvec4', `lessThan(${lanes}, ivec4(${reduced}))`)
        }
        return this.#terms(emitter, accs, values, lanes, valid, fixed)
      }
      setAll(places, decompose(source, reducedDims, step, false))
      return this.#terms(emitter, accs, values, `ivec4(${step})`, valid, fixed)
    }
  }

  #terms(
    emitter: Emitter,
    accs: readonly Accumulator[],
    values: readonly Expr[],
    lanes: string,
    valid: string | undefined,
    fixed: (node: Expr) => boolean,
  ): Term[] {
    const source = this.#source
    const terms = accs.map((acc, i) => {
      const value = source.let(
        vectorType(acc.dtype),
        asAccumulated(source, acc.reduction, emitter.emit(values[i])),
      )
      const term = { value, position: acc.position === undefined ? undefined : lanes }
      return valid === undefined ? term : masked(source, acc, term, valid)
    })
    emitter.leaveScope(fixed)
    return terms
  }

  /** Leaves whose part along the kept dims is computed once, before the loop. */
  #leaves(space: Space, fixed: (node: Expr) => boolean): Leaves {
    const source = this.#source
    const { plan } = this.#pass
    const { access, unit } = classesOf(plan.classes.toLowerCase())
    const bases = access.map((way, slot) =>
      way === undefined
        ? undefined
        : offsetAt(source, space, slot, way === 's' ? [] : plan.keptDims),
    )
    return {
      input: (node) => {
        const slot = node.value
        const way = access[slot] ?? 'g'
        const dims = fixed(node) || way === 's' ? [] : plan.reducedDims
        const at = offsetAt(source, space, slot, dims, bases[slot])
        return fetch(source, { slot, dtype: node.dtype }, way, at, space.lane)
      },
      index: (d) => indexOf(source, space, d),
      // Names from one turn of the loop are out of scope in the next.
      load: (node, emit) => loader(source, space, { access, unit }, new Map())(node, emit),
      acc: (node) => {
        const name = this.#before[node.value]
        if (name === undefined) throw new Error(`no accumulator for ${node} here`)
        return name
      },
    }
  }
}

/** A reduced dim before the loop: asked for by nothing that is written there. */
export const unset: Place = { code: '0', each: false }

function setAll(places: Map<number, Place>, from: ReadonlyMap<number, Place>): void {
  for (const [d, place] of from) places.set(d, place)
}

/** Whether an expression is the same for all reduced positions. */
function isFixed(node: Expr, plan: Pick<ReducePlan, 'classes' | 'reducedDims'>): boolean {
  const { classes, reducedDims } = plan
  if (node.op === 'index') return !reducedDims.includes(node.value)
  if (node.op === 'input') {
    const letter = classes[node.value]
    return letter === letter.toUpperCase()
  }
  return node.args.every((a) => isFixed(a, plan))
}

/** Writes the largest parts of an expression that do not change in the loop. */
function emitFixed(emitter: Emitter, node: Expr, fixed: (node: Expr) => boolean): void {
  if (fixed(node)) emitter.emit(node)
  else for (const arg of node.args) emitFixed(emitter, arg, fixed)
}
