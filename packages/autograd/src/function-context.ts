import { check, RuntimeError, type Tensor, TypeError_ } from '@sconce/core'
import { isTensor } from './record/rule.ts'
import { backwardTwice, type SavedTensor } from './saved.ts'

/** What `forward` and `backward` of a custom function share. */
export class FunctionContext {
  /** Whether each argument of `apply` needs a gradient. */
  readonly needsInputGrad: readonly boolean[]
  readonly #dirty = new Set<Tensor>()
  readonly #nonDifferentiable = new Set<Tensor>()
  #toSave: readonly (Tensor | null | undefined)[] = []
  #saved: (SavedTensor | null)[] | null = null
  #released = false
  #materialize = true

  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad
  }

  /**
   * Saves arguments or results of `forward` for `backward`; `ctx.save_for_backward`. To be called at
   * most once.
   */
  saveForBackward(...tensors: readonly (Tensor | null | undefined)[]): void {
    tensors.forEach((t, i) => {
      if (t !== null && t !== undefined && !isTensor(t)) {
        throw new TypeError_(
          `save_for_backward can only save variables, but argument ${i} is of type ${typeof t}`,
        )
      }
    })
    this.#toSave = tensors
  }

  /** The tensors that were saved; `ctx.saved_tensors`. */
  get savedTensors(): Tensor[] {
    check(!this.#released, () => backwardTwice)
    // A null that was saved comes back as one: whoever saved it knows where.
    return (this.#saved ?? []).map((s) => (s ? s.unpack() : null) as Tensor)
  }

  /** Says that `forward` changed these arguments in place; `ctx.mark_dirty`. */
  markDirty(...tensors: readonly Tensor[]): void {
    for (const t of tensors) this.#dirty.add(t)
  }

  /** Says that these results have no gradient; `ctx.mark_non_differentiable`. */
  markNonDifferentiable(...tensors: readonly Tensor[]): void {
    for (const t of tensors) this.#nonDifferentiable.add(t)
  }

  /** Whether `backward` gets zeros, or null, for results that nothing flowed to. Default: zeros. */
  setMaterializeGrads(on: boolean): void {
    this.#materialize = on
  }

  /** For the package: what `forward` said. */
  static said(ctx: FunctionContext): {
    readonly dirty: ReadonlySet<Tensor>
    readonly nonDifferentiable: ReadonlySet<Tensor>
    readonly materialize: boolean
  } {
    return {
      dirty: ctx.#dirty,
      nonDifferentiable: ctx.#nonDifferentiable,
      materialize: ctx.#materialize,
    }
  }

  /** For the package: saves, once the results have their history. */
  static save(ctx: FunctionContext, save: (t: Tensor) => SavedTensor): void {
    ctx.#saved = ctx.#toSave.map((t) => (t ? save(t) : null))
    ctx.#toSave = []
  }

  /** For the package: frees what was saved. */
  static release(ctx: FunctionContext): void {
    if (!ctx.#saved || ctx.#saved.length === 0) return
    for (const s of ctx.#saved) s?.release()
    ctx.#released = true
  }
}

/** Throws where a dirty argument wasn't returned. */
export function checkDirtyReturned(dirty: ReadonlySet<Tensor>, outputs: readonly unknown[]): void {
  for (const t of dirty) {
    if (!outputs.includes(t)) {
      throw new RuntimeError(
        'Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must all be outputs of the Function.',
      )
    }
  }
}
