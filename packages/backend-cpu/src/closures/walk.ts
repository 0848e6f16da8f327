import type { DType, Kernel, Operand, TypedArray } from '@sconce/backend'
import { floats, ints, longs, type Register, reader } from '../elements.ts'
import { dataOf } from '../memory.ts'
import type { Plan } from '../plan.ts'
import type { BlockLeaves, Fill } from './tape.ts'

/** The loops of a kernel over its iteration shape: where each operand stands while they run. */
export class Walk implements BlockLeaves {
  readonly plan: Plan
  readonly rank: number
  /** Operands, inputs first: their arrays, strides, and places in the loops that are running. */
  readonly data: TypedArray[] = []
  readonly strides: (readonly number[])[] = []
  readonly at: number[] = []
  /** Index of the element that the running loops stand at, by dim. */
  readonly position: number[] = []
  shape: readonly number[] = []
  #inputs: readonly Operand[] = []
  readonly #moving: number[] = []
  /** The dim of the innermost loop, or -1. */
  readonly inner: number

  constructor(kernel: Kernel, plan: Plan, spans: readonly boolean[], outputsSpan = true) {
    this.plan = plan
    this.rank = plan.order.length
    this.inner = this.rank > 0 ? plan.order[this.rank - 1] : -1
    kernel.inputs.forEach((_, i) => spans[i] && this.#moving.push(i))
    if (outputsSpan) kernel.outputs.forEach((_, i) => this.#moving.push(kernel.inputs.length + i))
  }

  /** Begins a call. */
  bind(inputs: readonly Operand[], outputs: readonly Operand[], shape: readonly number[]): void {
    this.shape = shape
    this.#inputs = inputs
    for (let k = 0; k < inputs.length + outputs.length; k++) {
      const operand = k < inputs.length ? inputs[k] : outputs[k - inputs.length]
      this.data[k] = dataOf(operand.buffer)
      this.strides[k] = operand.strides
      this.at[k] = operand.offset
    }
    this.position.fill(0)
  }

  /** Ends a call: buffers are collected when nobody reaches them, so none may be kept. */
  release(): void {
    this.data.length = 0
    this.strides.length = 0
    this.#inputs = []
  }

  /** Elements along the innermost loop. */
  get length(): number {
    return this.inner < 0 ? 1 : (this.shape[this.inner] ?? 1)
  }

  /** Distance of operand `k`'s neighbours along the innermost loop. */
  step(k: number): number {
    return this.plan.steps[k] === 0 ? 0 : (this.strides[k][this.inner] ?? 1)
  }

  /** Runs the loops at depths `from … to`, and `body` within. */
  each(from: number, to: number, body: () => void): void {
    if (from === to) {
      body()
      return
    }
    const d = this.plan.order[from]
    const size = this.shape[d]
    for (let i = 0; i < size; i++) {
      this.position[d] = i
      this.each(from + 1, to, body)
      this.#move(d, 1)
    }
    this.#move(d, -size)
    this.position[d] = 0
  }

  #move(d: number, by: number): void {
    for (const k of this.#moving) this.at[k] += by * this.strides[k][d]
  }

  input(i: number, dtype: DType, out: Register): Fill {
    const read = reader(dtype)
    return (n, start) => {
      const step = this.step(i)
      read(this.data[i], this.at[i] + start * step, step, out, n)
    }
  }

  index(d: number, out: Int32Array): Fill {
    if (d === this.inner) {
      return (n, start) => {
        for (let i = 0; i < n; i++) out[i] = start + i
      }
    }
    return (n) => out.fill(this.position[d] ?? 0, 0, n)
  }

  load(i: number, dtype: DType, coordinates: readonly Int32Array[], out: Register): Fill {
    const inside = (e: number, shape: readonly number[]): boolean => {
      for (let d = 0; d < coordinates.length; d++) {
        const c = coordinates[d][e]
        if (c < 0 || c >= shape[d]) return false
      }
      return true
    }
    const place = (e: number, { offset, strides }: Operand): number => {
      let at = offset
      for (let d = 0; d < coordinates.length; d++) at += coordinates[d][e] * strides[d]
      return at
    }
    if (out instanceof BigInt64Array) {
      return (n) => {
        const operand = this.#inputs[i]
        const data = longs(this.data[i])
        for (let e = 0; e < n; e++) {
          out[e] = inside(e, operand.shape) ? data[place(e, operand)] : 0n
        }
      }
    }
    const y = dtype === 'float32' || dtype === 'float64' ? floats(out) : ints(out)
    return (n) => {
      const operand = this.#inputs[i]
      const data = this.data[i]
      for (let e = 0; e < n; e++) {
        y[e] = inside(e, operand.shape) ? Number(data[place(e, operand)]) : 0
      }
    }
  }
}
