import type { Expr, Kernel, Operand } from '@sconce/backend'
import type { Emitter, Leaves } from './emit.ts'
import { type Bindings, layoutClass } from './layouts.ts'
import type { Call, Parameter, Source } from './source.ts'
import { fromWord, toWord } from './types.ts'

/** An operand as a program sees it. */
interface View {
  readonly name: string
  readonly operand: Operand
  readonly slot: number
  readonly layout: string
  readonly from: (call: Call) => Operand
}

/** Positions in an iteration shape: the dims' names, and one number that counts all in row-major order. */
export interface Place {
  /** i32; absent where only positions along the dims are known. */
  readonly linear?: string
  /** i32 along each dim; undefined stands for 0. */
  readonly dims: readonly (string | undefined)[]
}

/** Splits a row-major number into positions along dims. */
export function positions(
  source: Source,
  linear: string,
  name: string,
  rank: number,
  size: (d: number) => Parameter,
): string[] {
  if (rank === 1) return [linear]
  const found = new Array<string>(rank)
  let left = rank > 0 ? source.let(`u32(${linear})`) : ''
  for (let d = rank - 1; d > 0; d--) {
    const count = source.let(`u32(${source.int(`${name} ${d}`, size(d))})`)
    found[d] = source.let(`i32(${left} % ${count})`)
    left = source.let(`${left} / ${count}`)
  }
  if (rank > 0) found[0] = source.let(`i32(${left})`)
  return found
}

/** The operands of a call: turns positions into addresses, and addresses into values. */
export class Operands {
  readonly #source: Source
  readonly #kernel: Kernel
  readonly #inputs: readonly View[]
  readonly #outputs: readonly View[]

  constructor(source: Source, kernel: Kernel, call: Call, { read, written }: Bindings) {
    this.#source = source
    this.#kernel = kernel
    const view =
      (side: 'inputs' | 'outputs', slots: readonly number[]) =>
      (operand: Operand, i: number): View => ({
        name: `${side} ${i}`,
        operand,
        slot: slots[i],
        // What `load` reads has no class: its strides are all taken as they come.
        layout: side === 'inputs' && kernel.loaded[i] ? '' : layoutClass(operand),
        from: (later) => later[side][i],
      })
    this.#inputs = call.inputs.map(view('inputs', read))
    this.#outputs = call.outputs.map(view('outputs', written))
  }

  /** What programs differ by: the layouts' classes, and the ranks of what is read by `load`. */
  static key(kernel: Kernel, { inputs, outputs }: Call): string {
    const layouts = inputs.map((o, i) => (kernel.loaded[i] ? o.shape.length : layoutClass(o)))
    return `${outputs[0].shape.length}:${outputs.map(layoutClass)}<${layouts}`
  }

  /** The value of input `i` at a place. */
  read(i: number, place: Place): string {
    const view = this.#inputs[i]
    return this.#valueAt(view, this.#address(view, place))
  }

  /** Stores a value of output `k`. */
  write(k: number, place: Place, value: string): void {
    const view = this.#outputs[k]
    this.#source.store(view.slot, this.#address(view, place), toWord(view.operand.dtype, value))
  }

  /** The slot and the address of output `k` at coordinates of its own. */
  target(k: number, coordinates: readonly string[]): { slot: number; address: string } {
    const view = this.#outputs[k]
    return { slot: view.slot, address: this.#address(view, { dims: coordinates }) }
  }

  /** Whether coordinates are inside of the shape of an operand: an expression. */
  inside(side: 'inputs' | 'outputs', i: number, coordinates: readonly string[]): string {
    const view = (side === 'inputs' ? this.#inputs : this.#outputs)[i]
    const tests = coordinates.map((c, d) => {
      const size = this.#source.int(`${view.name} size ${d}`, (call) => view.from(call).shape[d])
      // As unsigned numbers the negative ones are too great.
      return `u32(${c}) < u32(${size})`
    })
    return tests.join(' && ') || 'true'
  }

  /** The leaves of expressions at a place; what an accumulator is, the caller knows. */
  leaves(place: Place, acc: Leaves['acc']): Leaves {
    return {
      input: (node) => this.read(node.value, place),
      index: (d) => place.dims[d] ?? '0',
      load: (node, coordinates) => this.#load(node, coordinates),
      acc,
    }
  }

  /** Whether places need positions along the dims. */
  get needsPositions(): boolean {
    const spanning = this.#inputs.filter((_, i) => !this.#kernel.loaded[i])
    return (
      this.#kernel.positional ||
      [...spanning, ...this.#outputs].some(({ layout }) => layout !== 'c')
    )
  }

  #load(node: Expr, coordinates: readonly string[]): string {
    const source = this.#source
    const view = this.#inputs[node.value]
    const inside = source.let(this.inside('inputs', node.value, coordinates))
    const address = source.let(`select(0, ${this.#sum(view, coordinates)}, ${inside})`)
    const word = source.let(`select(0u, ${source.word(view.slot, address)}, ${inside})`)
    return fromWord(view.operand.dtype, word)
  }

  #valueAt({ slot, operand }: View, address: string): string {
    return fromWord(operand.dtype, this.#source.word(slot, address))
  }

  #address(view: View, { linear, dims }: Place): string {
    if (view.layout === 'c' && linear !== undefined) return `${this.#offset(view)} + ${linear}`
    return this.#sum(view, dims)
  }

  /** The offset and the products of positions with strides. */
  #sum(view: View, dims: Place['dims']): string {
    const terms = dims.flatMap((position, d) => {
      if (position === undefined || view.layout[d] === '0') return []
      const stride = this.#source.int(
        `${view.name} stride ${d}`,
        (call) => view.from(call).strides[d],
      )
      return `${position} * ${stride}`
    })
    return [this.#offset(view), ...terms].join(' + ')
  }

  #offset(view: View): string {
    return this.#source.int(`${view.name} offset`, (call) => view.from(call).offset)
  }
}

/** Emits all expressions before the first is stored: an output may be one of the inputs. */
export function storeAll(
  operands: Operands,
  emitter: Emitter,
  values: readonly Expr[],
  place: Place,
): void {
  const names = values.map((value) => emitter.emit(value))
  names.forEach((name, k) => {
    operands.write(k, place, name)
  })
}
