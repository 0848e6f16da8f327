import { type Tensor, zeros } from '@sconce/core'
import { type Gradients, Node, type TensorInfo, type Wants } from '../node.ts'
import { SavedTensor } from '../saved.ts'
import type { RowShape } from './row-shape.ts'

/** Backward of an op by its row in the derivative table. */
export class RowNode extends Node {
  readonly #row: RowShape
  /** By parameter: values as they are, tensors saved or undefined, lists of them likewise. */
  readonly #values: unknown[]
  /** By parameter, of tensors. */
  readonly #about: unknown[]
  /** How many edges each formula's parameter has; null where each has one. */
  readonly #lengths: readonly number[] | null
  /** By output. */
  #results: (SavedTensor | null)[] | null = null
  /** Whether the result is a list, or named. */
  #list = false

  constructor(
    row: RowShape,
    values: unknown[],
    about: unknown[],
    lengths: readonly number[] | null,
    nextNodes: (Node | null)[],
    nextInputs: number[],
  ) {
    super()
    this.#row = row
    this.#values = values
    this.#about = about
    this.#lengths = lengths
    this.nextNodes = nextNodes
    this.nextInputs = nextInputs
  }

  get name(): string {
    return this.#row.nodeName(this.#values)
  }

  /** Keeps the outputs that `which` names by position. */
  saveResults(outputs: readonly Tensor[], which: readonly number[], list: boolean): void {
    this.#list = list
    if (which.length === 0) return
    const results = outputs.map((): SavedTensor | null => null)
    for (const k of which) {
      if (list) outputs.forEach((o, i) => (results[i] = new SavedTensor(o, this, i)))
      else if (outputs[k]) {
        results[k] = new SavedTensor(outputs[k], this.#row.constant[k] ? null : this, k)
      }
    }
    this.#results = results
  }

  apply(grads: Gradients, wants: Wants): Gradients {
    const row = this.#row
    const results = new Array<Tensor | null>(this.nextNodes.length).fill(null)
    if (grads.every((g) => g === null)) return results
    const gradient = this.#gradient(grads)
    const saved = this.#saved()
    const about = row.named(this.#about)
    const { params } = row
    let together: Record<string, unknown> | undefined
    if (row.together) {
      const needs: Record<string, boolean> = {}
      this.#eachParam((k, start, count) => {
        needs[params[k].name] = this.#wanted(wants, start, count)
      })
      together = row.together(gradient, saved, about, needs) as Record<string, unknown>
    }
    this.#eachParam((k, start, count) => {
      if (!this.#wanted(wants, start, count)) return
      const { name, formula, list } = params[k]
      const value = formula ? formula(gradient, saved, about) : together?.[name]
      if (!value) return
      // Typed by the row: a list for a list of tensors, else a tensor.
      if (list) {
        ;(value as Gradients).forEach((g, i) => {
          results[start + i] = g
        })
      } else {
        results[start] = value as Tensor
      }
    })
    return results
  }

  #eachParam(visit: (k: number, start: number, count: number) => void): void {
    const { length } = this.#row.params
    let start = 0
    for (let k = 0; k < length; k++) {
      const count = this.#lengths?.[k] ?? 1
      visit(k, start, count)
      start += count
    }
  }

  #wanted(wants: Wants, start: number, count: number): boolean {
    for (let i = start; i < start + count; i++) if (wants.wants(this, i)) return true
    return false
  }

  /** The gradients in the form of the op's result. */
  #gradient(grads: Gradients): unknown {
    const { nulls, results, constant } = this.#row
    const filled = (i: number) =>
      grads[i] ?? (nulls || constant[i] ? null : zerosOf(this.metadata[i]))
    if (this.#list) return this.metadata.map((_, i) => filled(i))
    if (!results) return grads[0]
    const named: Record<string, unknown> = {}
    results.forEach((name, i) => {
      named[name] = filled(i)
    })
    return named
  }

  /** The arguments and results by name, unpacked. */
  #saved(): Record<string, unknown> {
    const named = this.#row.named(this.#values.map(unpack))
    const results = this.#results
    if (results) {
      const names = this.#row.results
      if (this.#list) named.result = results.map(unpack)
      else if (!names) named.result = unpack(results[0])
      else {
        names.forEach((name, i) => {
          named[name] = unpack(results[i])
        })
      }
    }
    return named
  }

  /** Whether `t` is a tensor that this node keeps. */
  override holds(t: Tensor): boolean {
    const among = (v: unknown): boolean =>
      v instanceof SavedTensor ? v.holds(t) : Array.isArray(v) && v.some(among)
    return this.#values.some(among) || (this.#results?.some(among) ?? false)
  }

  override release(): void {
    const free = (v: unknown): void => {
      if (v instanceof SavedTensor) v.release()
      else if (Array.isArray(v)) v.forEach(free)
    }
    this.#values.forEach(free)
    this.#results?.forEach(free)
  }
}

const unpack = (value: unknown): unknown =>
  value instanceof SavedTensor
    ? value.unpack()
    : Array.isArray(value) && value.some((v) => v instanceof SavedTensor)
      ? value.map(unpack)
      : (value ?? undefined)

const zerosOf = ({ shape, dtype, device }: TensorInfo): Tensor =>
  zeros(shape, { dtype, device: device.name })
