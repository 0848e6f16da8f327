import { RuntimeError, type Storage, sizes, type Tensor } from '@sconce/core'
import { Meta, metaOf } from './meta.ts'
import { mode, type Switched } from './mode.ts'
import type { Node } from './node.ts'
import { gradFnOf } from './record/edges.ts'

/** What `savedTensorsHooks` installs. */
interface SavedHooks {
  readonly pack: (tensor: Tensor) => unknown
  readonly unpack: (packed: unknown) => Tensor
}

const hooks: SavedHooks[] = []

/**
 * Calls `pack` with every tensor that is saved for backward while `body` runs, and saves what it
 * returns; `unpack` gets that when backward asks for the tensor. Without a body the hooks last until
 * the result is disposed of. `torch.autograd.graph.saved_tensors_hooks`.
 */
export function savedTensorsHooks<P, T>(
  pack: (tensor: Tensor) => P,
  unpack: (packed: P) => Tensor,
  body: () => T,
): T
export function savedTensorsHooks<P>(
  pack: (tensor: Tensor) => P,
  unpack: (packed: P) => Tensor,
): Switched
export function savedTensorsHooks<P, T>(
  pack: (tensor: Tensor) => P,
  unpack: (packed: P) => Tensor,
  body?: () => T,
): T | Switched {
  // `unpack` is only ever handed what `pack` returned.
  const entry: SavedHooks = { pack, unpack: unpack as (packed: unknown) => Tensor }
  hooks.push(entry)
  const remove = () => {
    const at = hooks.lastIndexOf(entry)
    if (at >= 0) hooks.splice(at, 1)
  }
  if (!body) return { [Symbol.dispose]: remove }
  try {
    return body()
  } finally {
    remove()
  }
}

export const backwardTwice =
  'Trying to backward through the graph a second time (or directly access saved tensors after they ' +
  'have already been freed). Saved intermediate values of the graph are freed when you call ' +
  '.backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the ' +
  'graph a second time or if you need to access saved tensors after calling backward.'

/** Gives up a claim on a storage. */
function unclaim(storage: Storage): void {
  if (--storage.owners === 0) storage.free()
}

/**
 * A tensor that a node keeps for its backward. It holds a claim on the storage, so that the elements
 * outlive the scope they were made in, and knows the version that was saved.
 */
export class SavedTensor {
  #tensor: Tensor | null
  readonly #version: number
  /** For an output of the node that saves it: that node, and which output. */
  readonly #output: Node | null
  readonly #gradFn: Node | null
  readonly #outputNr: number
  #packed: { readonly hooks: SavedHooks; readonly value: unknown } | null = null

  /** `output` is the node itself where it saves what it made. */
  constructor(tensor: Tensor, output: Node | null, outputNr = 0) {
    if (tensor.version.inference) {
      throw new RuntimeError(
        'Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal tensor and use it in autograd.',
      )
    }
    const meta = metaOf(tensor)
    this.#output = output
    this.#gradFn = output ?? (meta === null ? null : gradFnOf(tensor))
    this.#outputNr = output ? outputNr : (meta?.outputNr ?? 0)
    this.#version = tensor.version.value
    const top = hooks.at(-1)
    if (top) {
      // The hook must not see a result whose history is only being made.
      const value = withoutHooks(() => top.pack(output ? tensor.alias() : tensor))
      this.#packed = { hooks: top, value }
      this.#tensor = null
    } else {
      this.#tensor = tensor
      tensor.storage.owners++
    }
  }

  /**
   * The tensor with the history it had.
   *
   * @throws RuntimeError in PyTorch's words if it was freed or has been changed in place.
   */
  unpack(): Tensor {
    const packed = this.#packed
    if (packed) {
      const tensor = packed.hooks.unpack(packed.value)
      return this.#gradFn ? withHistory(tensor, this.#gradFn, this.#outputNr) : tensor
    }
    const tensor = this.#tensor
    if (!tensor) throw new RuntimeError(backwardTwice)
    if (tensor.version.value !== this.#version) this.#modified(tensor)
    // Without createGraph nobody looks at the history.
    if (!mode.enabled || this.#gradFn === null || gradFnOf(tensor) === this.#gradFn) return tensor
    return withHistory(tensor, this.#gradFn, this.#outputNr)
  }

  #modified(tensor: Tensor): never {
    const gradFn = this.#output ?? gradFnOf(tensor)
    const nr = this.#output ? this.#outputNr : (metaOf(tensor)?.outputNr ?? 0)
    const origin = gradFn ? `, which is output ${nr} of ${gradFn.name},` : ''
    const hint = mode.anomaly
      ? 'the backtrace further above shows the operation that failed to compute its gradient. The variable in question was changed in there or anywhere later. Good luck!'
      : 'enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True).'
    throw new RuntimeError(
      `one of the variables needed for gradient computation has been modified by an inplace operation: [${tensor.type()} ${sizes(tensor.shape)}]${origin} is at version ${tensor.version.value}; expected version ${this.#version} instead. Hint: ${hint}`,
    )
  }

  /** Whether `tensor` is the one that was saved. */
  holds(tensor: Tensor): boolean {
    return this.#tensor === tensor
  }

  /** Lets go of the tensor. */
  release(): void {
    const tensor = this.#tensor
    this.#tensor = null
    this.#packed = null
    if (tensor) unclaim(tensor.storage)
  }
}

/** The same elements with another history. */
function withHistory(tensor: Tensor, gradFn: Node, outputNr: number): Tensor {
  const alias = tensor.alias()
  alias.autograd = new Meta(gradFn, outputNr)
  return alias
}

function withoutHooks<T>(body: () => T): T {
  const outer = hooks.splice(0)
  try {
    return body()
  } finally {
    hooks.push(...outer)
  }
}
