import type { DType } from '@sconce/backend'
import type {
  Device,
  GradFn,
  GradFnHook,
  GradFnPrehook,
  RemovableHandle,
  Tensor,
} from '@sconce/core'
import { mode } from './mode.ts'

/** What is known about a tensor without keeping its elements alive. */
export class TensorInfo {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
  readonly dtype: DType
  readonly device: Device

  constructor(t: Tensor) {
    this.shape = t.shape
    this.strides = t.strides
    this.offset = t.offset
    this.dtype = t.dtype
    this.device = t.storage.device
  }

  get ndim(): number {
    return this.shape.length
  }
}

/** Gradients by position; null stands for one that is zero because nothing flowed there. */
export type Gradients = (Tensor | null)[]

/** Says which gradients the running backward pass is after. */
export interface Wants {
  /** Whether the gradient along that edge of the node is needed. */
  wants(node: Node, edge: number): boolean
}

/** Sees the gradients of a node's outputs before the node runs, and may replace them. */
export interface PreHook {
  /** Ours, which keeps nothing of what it sees. */
  readonly internal: boolean
  call(grads: Gradients): void
}

let sequence = 0

const noNodes: (Node | null)[] = []
const noNumbers: number[] = []

/** Puts `item` into a list of hooks; the handle takes it out. */
export function hooked<T>(list: T[], item: T): RemovableHandle {
  list.push(item)
  return {
    remove() {
      const at = list.indexOf(item)
      if (at >= 0) list.splice(at, 1)
    },
  }
}

/** A function of the graph: turns the gradients of an op's outputs into those of its inputs. */
export abstract class Node implements GradFn {
  /** Counts nodes: the engine runs the youngest first. */
  readonly sequence: number
  /** Where the gradients go, by input; null where none is needed. */
  nextNodes: (Node | null)[] = noNodes
  /** Which output of the next node an input is. */
  nextInputs: number[] = noNumbers
  /** The outputs of the op, which are what this node gets gradients of. */
  metadata: TensorInfo[] = []
  preHooks: PreHook[] | null = null
  postHooks: GradFnHook[] | null = null
  /** Where the op was called; only with anomaly detection. */
  readonly created: Error | null

  constructor(order = sequence++) {
    this.sequence = order
    this.created = mode.anomaly ? new Error('called here') : null
  }

  /** `MulBackward0`. */
  abstract readonly name: string

  /**
   * The gradients of the inputs, as many as there are edges. Takes a gradient out of `grads` where it
   * is handed on or kept, so that the engine doesn't free it.
   */
  abstract apply(grads: Gradients, wants: Wants): Gradients

  /** Whether `t` is a tensor that the node keeps for its backward. */
  holds(_t: Tensor): boolean {
    return false
  }

  /** Frees what was saved for `apply`; a later `apply` throws. */
  release(): void {}

  /** Whether gradients that user code saw may be kept by it; then they are not reused. */
  get foreign(): boolean {
    return false
  }

  /** Whether everything that `apply` makes and doesn't return is freed with it. */
  get scoped(): boolean {
    return !this.foreign
  }

  /** `grad_fn.next_functions`, without the numbers. */
  get nextFunctions(): readonly (Node | null)[] {
    return this.nextNodes
  }

  /** `grad_fn.next_functions`: node and output of it, by input. */
  get nextEdges(): readonly (readonly [Node | null, number])[] {
    return this.nextNodes.map((node, i) => [node, this.nextInputs[i]])
  }

  /** Calls `hook` after the node ran; what it returns replaces the gradients. */
  registerHook(hook: GradFnHook): RemovableHandle {
    this.postHooks ??= []
    return hooked(this.postHooks, hook)
  }

  /** Calls `hook` before the node runs; what it returns replaces the gradients. */
  registerPrehook(hook: GradFnPrehook): RemovableHandle {
    this.preHooks ??= []
    return hooked(this.preHooks, {
      internal: false,
      call(grads) {
        ;(hook(grads.slice()) || undefined)?.forEach((g, i) => {
          grads[i] = g
        })
      },
    })
  }

  toString(): string {
    return this.name
  }

  /** What Node's `util.inspect` and `console.log` show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.name
  }
}
