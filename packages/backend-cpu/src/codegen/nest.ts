import type { DType, Kernel } from '@sconce/backend'
import type { Plan } from '../plan.ts'
import type { Code, Leaves } from './emit.ts'

/** The value, in its JS form, of an element. */
export const readCode = (data: string, at: string, dtype: DType): string =>
  dtype === 'bool' ? `(${data}[${at}] !== 0)` : `${data}[${at}]`

/** An assignment of a value (in its JS form) to an element. */
export const store = (data: string, at: string, dtype: DType, js: string): string =>
  `${data}[${at}] = ${dtype === 'bool' ? `${js} ? 1 : 0` : js}`

/**
 * The loops of a kernel over its iteration shape, as JS. Names: `x0 y0` data of inputs and outputs,
 * `n0` sizes and `i0` indices by dim, `x0_2` where operand x0 stands at loop depth 2, `sx0_1` its
 * stride along dim 1.
 */
export class Nest implements Leaves {
  readonly plan: Plan
  readonly rank: number
  readonly #kernel: Kernel
  readonly #spanning: string[] = []
  /** The innermost index, as the body should write it. */
  inner: string

  constructor(kernel: Kernel, plan: Plan, spans: readonly boolean[], outputsSpan = true) {
    this.#kernel = kernel
    this.plan = plan
    this.rank = plan.order.length
    this.inner = `i${plan.order[this.rank - 1]}`
    for (let i = 0; i < kernel.inputs.length; i++) if (spans[i]) this.#spanning.push(`x${i}`)
    if (outputsSpan) kernel.outputs.forEach((_, i) => this.#spanning.push(`y${i}`))
  }

  /** Statements before all loops. `shape` is the JS of the iteration shape. */
  declarations(shape: string): string[] {
    const { inputs, outputs } = this.#kernel
    const lines: string[] = []
    inputs.forEach((_, i) => lines.push(`const x${i} = inputs[${i}].buffer.data`))
    outputs.forEach((_, i) => lines.push(`const y${i} = outputs[${i}].buffer.data`))
    if (this.rank > 0) lines.push(`const shape = ${shape}`)
    if (this.plan.flat) lines.push('const n0 = shape.length === 0 ? 1 : shape[0]')
    else for (let d = 0; d < this.rank; d++) lines.push(`const n${d} = shape[${d}]`)
    for (const name of this.#spanning) {
      const operand = `${name[0] === 'x' ? 'inputs' : 'outputs'}[${name.slice(1)}]`
      lines.push(`const ${name}_0 = ${operand}.offset`)
      if (this.plan.flat) continue
      for (let d = 0; d < this.rank; d++) {
        lines.push(`const s${name}_${d} = ${operand}.strides[${d}]`)
      }
    }
    this.plan.ranks.forEach((rank, i) => {
      if (rank < 0) return
      lines.push(`const lx${i} = inputs[${i}].offset`)
      for (let d = 0; d < rank; d++) {
        lines.push(`const lx${i}n${d} = inputs[${i}].shape[${d}]`)
        lines.push(`const lx${i}s${d} = inputs[${i}].strides[${d}]`)
      }
    })
    return lines
  }

  /** Statements at the start of the loop body at `depth`: where the operands stand. */
  pointers(depth: number): string[] {
    if (depth === 0 || depth === this.rank) return []
    const d = this.plan.order[depth - 1]
    return this.#spanning.map(
      (name) => `const ${name}_${depth} = ${name}_${depth - 1} + i${d} * s${name}_${d}`,
    )
  }

  #step(name: string): number {
    const i = Number(name.slice(1))
    return this.plan.steps[name[0] === 'x' ? i : this.#kernel.inputs.length + i]
  }

  /** Where `x3` or `y0` stands in the innermost loop. */
  address(name: string): string {
    if (this.rank === 0) return `${name}_0`
    const base = `${name}_${this.rank - 1}`
    const step = this.#step(name)
    if (step === 0) return base
    if (step === 1) return `${base} + ${this.inner}`
    return `${base} + ${this.inner} * s${name}_${this.plan.order[this.rank - 1]}`
  }

  input(i: number, dtype: DType): Code {
    const still = this.#step(`x${i}`) === 0
    return {
      js: readCode(`x${i}`, this.address(`x${i}`), dtype),
      depth: still ? Math.max(this.rank - 1, 0) : this.rank,
    }
  }

  index(d: number): Code {
    const position = this.plan.order.indexOf(d)
    if (position < 0) return { js: '0', depth: 0, atom: true }
    const last = position === this.rank - 1
    return { js: last ? this.inner : `i${d}`, depth: position + 1, atom: true }
  }

  load(i: number, dtype: DType, coordinates: readonly string[]): string {
    const name = `lx${i}`
    const inside = coordinates.map((c, d) => `${c} >= 0 && ${c} < ${name}n${d}`).join(' && ')
    const at = [name, ...coordinates.map((c, d) => `${c} * ${name}s${d}`)].join(' + ')
    const zero = dtype === 'bool' ? 'false' : dtype === 'int64' ? '0n' : '0'
    return inside
      ? `(${inside} ? ${readCode(`x${i}`, at, dtype)} : ${zero})`
      : readCode(`x${i}`, at, dtype)
  }
}
