import { check, inference, RuntimeError, type Tensor } from '@sconce/core'
import { asStridedBackward } from '../derivatives/as-strided.ts'
import { type Creation, type Meta, makeMeta, metaOf, needsGrad } from '../meta.ts'
import { mode } from '../mode.ts'
import { type Gradients, Node, TensorInfo, type Wants } from '../node.ts'
import { backwardTwice } from '../saved.ts'
import { connect, gradFnOf } from './edges.ts'

/** How a view that is made now comes about. */
export const currentCreation = (several: boolean): Creation =>
  inference.on ? 'inference' : !mode.enabled ? 'noGrad' : several ? 'multiOutput' : 'default'

/** Notes that `view` shows elements of `self`. A view of a view has the same base. */
export function markView(view: Tensor, self: Tensor, creation: Creation): Meta {
  const meta = makeMeta(view)
  if (meta.base !== null || self.version.inference) return meta
  const own = metaOf(self)
  meta.base = own?.base ?? self
  meta.creation = creation === 'default' ? (own?.creation ?? 'default') : creation
  meta.attrVersion = view.version.value
  return meta
}

/** The history of a view: where its base was changed since it was made, a new one by geometry. */
export function viewGradFn(t: Tensor, meta: Meta): Node | null {
  const base = meta.base as Tensor
  if (meta.gradFn === null && !needsGrad(base)) return null
  if (meta.attrVersion !== t.version.value) {
    checkCreation(meta, true)
    meta.gradFn = new AsStrided(base, t)
    meta.outputNr = 0
    meta.attrVersion = t.version.value
  }
  return meta.gradFn
}

/** A view of a base that was changed in place, seen as strides. */
class AsStrided extends Node {
  readonly #base: TensorInfo

  constructor(base: Tensor, view: Tensor) {
    super()
    this.#base = new TensorInfo(base)
    this.metadata = [new TensorInfo(view)]
    this.nextNodes = [null]
    this.nextInputs = [0]
    connect(this, 0, base)
  }

  get name(): string {
    return 'AsStridedBackward0'
  }

  apply([gradient]: Gradients, wants: Wants): Gradients {
    if (gradient === null || !wants.wants(this, 0)) return [null]
    const [{ shape, strides, offset }] = this.metadata
    return [asStridedBackward(gradient, this.#base, shape, strides, offset)]
  }
}

/**
 * History of a base that was changed in place through a view: the gradient of the base with the
 * viewed part replaced by what `fn`, the node of the change, makes of it.
 */
export class CopySlices extends Node {
  readonly #view: TensorInfo
  readonly #fn: Node
  #released = false

  constructor(base: Tensor, view: Tensor, fn: Node) {
    super()
    this.#view = new TensorInfo(view)
    this.#fn = fn
    this.metadata = [new TensorInfo(base)]
    // The edges are those of the change, but what went to the view goes to the base.
    this.nextNodes = fn.nextNodes.slice()
    this.nextInputs = fn.nextInputs.slice()
    connect(this, 0, base)
  }

  get name(): string {
    return 'CopySlices'
  }

  apply([gradient]: Gradients, wants: Wants): Gradients {
    const results = this.nextNodes.map((): Tensor | null => null)
    if (gradient === null) return results
    check(!this.#released, () => backwardTwice)
    const { shape, strides, offset } = this.#view
    const whole = gradient.clone()
    const start = offset - this.metadata[0].offset
    const slice = whole.asStrided(shape, strides, start)
    const inner = this.#fn.apply([slice.clone()], { wants: (_, i) => wants.wants(this, i) })
    for (let i = 1; i < results.length; i++) results[i] = inner[i] ?? null
    if (wants.wants(this, 0)) {
      const part = inner[0]
      if (part) slice.copy_(part)
      else slice.zero_()
      results[0] = whole
    }
    return results
  }

  override get foreign(): boolean {
    return this.#fn.foreign
  }

  override release(): void {
    this.#released = true
    this.#fn.release()
  }
}

/** Makes `fn` the history of a tensor that was just changed in place. */
export function rebaseHistory(self: Tensor, fn: Node): void {
  const meta = makeMeta(self)
  if (meta.base === null) {
    setHistory(meta, fn)
    return
  }
  setHistory(makeMeta(meta.base), new CopySlices(meta.base, self, fn))
  gradFnOf(self)
}

function setHistory(meta: Meta, fn: Node): void {
  meta.gradFn = fn
  meta.outputNr = 0
  meta.accumulator = null
}

/**
 * PyTorch's checks before a recorded change in place.
 *
 * @throws RuntimeError for leaves, views of leaves and views that can't be changed.
 */
export function checkInplace(self: Tensor): void {
  const meta = metaOf(self)
  if (!meta) return
  if (meta.base !== null) {
    checkCreation(meta, false)
    check(
      !meta.requiresGrad || gradFnOf(meta.base) !== null,
      () => 'a view of a leaf Variable that requires grad is being used in an in-place operation.',
    )
  }
  check(
    !meta.requiresGrad || gradFnOf(self) !== null,
    () => 'a leaf Variable that requires grad is being used in an in-place operation.',
  )
}

const reasons: Readonly<Record<Exclude<Creation, 'default'>, string>> = {
  multiOutput:
    'This view is the output of a function that returns multiple views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an out-of-place one.',
  noGrad:
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the no_grad block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
  inference:
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both inside the inference_mode block (if you don't want the inplace to be tracked) or both outside (if you want the inplace to be tracked).",
  customFunction:
    'This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.',
}

/** Throws where a view must not be changed; `indirect` through its base or another view. */
function checkCreation({ creation, gradFn, outputNr }: Meta, indirect: boolean): void {
  if (creation === 'default') return
  const what = indirect ? 'its base or another view of its base has been' : 'is being'
  const output = gradFn ? `Output ${outputNr} of ${gradFn.name} is a view` : ''
  let message: string
  if (creation === 'noGrad' || creation === 'inference' || !gradFn) {
    const prefix = gradFn ? `${output} of a view which was created in` : 'A view was created in'
    message =
      creation === 'inference'
        ? `${prefix} inference mode and ${what} modified inplace in normal mode.`
        : `${prefix} no_grad mode and ${what} modified inplace with grad mode enabled.`
  } else {
    message = `${output} and ${what} modified inplace.`
  }
  throw new RuntimeError(`${message} ${reasons[creation]}`)
}
