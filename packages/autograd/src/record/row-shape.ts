import type { Operation } from '@sconce/core'
import type { AnyRow } from '../derivatives/row.ts'
import { nodeName } from '../node-names.ts'

/** A parameter that can have a gradient. */
export interface RowParameter {
  readonly name: string
  /** Position in the schema. */
  readonly at: number
  /** Whether it is a list of tensors. */
  readonly list: boolean
  /** Undefined where `together` computes it. */
  readonly formula: ((g: unknown, s: unknown, about: unknown) => unknown) | undefined
}

/** What to save for a choice of edges. */
export interface SavePlan {
  /** By parameter of the schema. */
  readonly parameters: readonly boolean[]
  /** Positions of outputs. */
  readonly outputs: readonly number[]
}

/** A row of the derivative table, made ready for its op. */
export class RowShape {
  readonly params: readonly RowParameter[]
  readonly together: AnyRow['together']
  readonly nulls: boolean
  /** Names of the results; undefined for a single one and for a list. */
  readonly results: readonly string[] | undefined
  /** By output: whether it never has a gradient, though it may be of floats. */
  readonly constant: readonly boolean[]
  readonly #operation: Operation
  readonly #row: AnyRow
  readonly #names: readonly string[]
  readonly #plans: SavePlan[] = []

  constructor(operation: Operation, row: AnyRow) {
    const { schema } = operation
    this.#operation = operation
    this.#row = row
    this.#names = schema.parameters.map((p) => p.name)
    this.together = row.together
    this.nulls = row.nulls
    this.results = schema.named ? schema.results : undefined
    this.constant = schema.results.map((name) => row.constant?.includes(name) ?? false)
    this.params = schema.tensors.flatMap((at) => {
      const { name, type } = schema.parameters[at]
      const formula = row.formulas[name]
      if (!formula && !row.together) return []
      return [{ name, at, list: type.endsWith('[]'), formula }]
    })
    for (const name of Object.keys(row.formulas)) {
      if (!this.#names.includes(name)) {
        throw new SyntaxError(`derivative of ${schema.name}: no parameter '${name}'`)
      }
    }
  }

  /** The name in the graph; of tensor arguments only saved ones are known. */
  nodeName(values: readonly unknown[]): string {
    const { node } = this.#row
    if (typeof node === 'string') return node
    return node ? node(this.named(values) as never) : nodeName(this.#operation, values)
  }

  /** Values by the names of the parameters. */
  named(values: readonly unknown[]): Record<string, unknown> {
    const names = this.#names
    const result: Record<string, unknown> = {}
    for (let i = 0; i < names.length; i++) result[names[i]] = values[i]
    return result
  }

  /** What to save when the parameters in `mask` (by position in `params`) need a gradient. */
  plan(mask: number): SavePlan {
    let plan = this.#plans[mask]
    if (plan === undefined) {
      plan = this.#makePlan(mask)
      this.#plans[mask] = plan
    }
    return plan
  }

  #makePlan(mask: number): SavePlan {
    const { save = [] } = this.#row
    const { schema } = this.#operation
    const wanted = new Set<string>()
    if (isList(save)) for (const name of save) wanted.add(name)
    else {
      this.params.forEach(({ name }, k) => {
        if (mask & (1 << k)) for (const needed of save[name] ?? []) wanted.add(needed)
      })
    }
    const parameters = this.#names.map((name) => wanted.delete(name))
    const outputs = schema.results.flatMap((name, k) => (wanted.delete(name) ? [k] : []))
    if (wanted.size > 0) {
      throw new SyntaxError(
        `derivative of ${schema.name}: can't save '${[...wanted].join("', '")}'`,
      )
    }
    return { parameters, outputs }
  }
}

const isList = (x: NonNullable<AnyRow['save']>): x is readonly string[] => Array.isArray(x)
