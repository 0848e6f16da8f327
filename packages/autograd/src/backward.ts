import {
  adopt,
  type BackwardOptions,
  check,
  onesLike,
  RuntimeError,
  sameShape,
  type Tensor,
  TypeError_,
  untracked,
} from '@sconce/core'
import { fitted } from './engine/gradients.ts'
import { type Edge, Task } from './engine/task.ts'
import { metaOf, needsGrad } from './meta.ts'
import { mode } from './mode.ts'
import { accumulatorOf, gradFnOf } from './record/edges.ts'
import { isTensor } from './record/rule.ts'
import { retainGrad } from './tensor-members.ts'

type OneOrMore<T> = T | readonly T[]
const listOf = <T>(x: OneOrMore<T>): readonly T[] => (Array.isArray(x) ? x : [x as T])

/** Options of `backward` for several tensors. */
export interface BackwardAllOptions {
  /** Gradient of each tensor; may be left out for tensors of one element. */
  gradTensors?: OneOrMore<Tensor | null>
  /** Keeps what was saved, for another pass. Default: `createGraph`. */
  retainGraph?: boolean
  /** Records the pass itself, for higher derivatives. */
  createGraph?: boolean
  /** Accumulates into these alone. */
  inputs?: OneOrMore<Tensor>
}

/**
 * Accumulates the gradients of the sum of `tensors`, weighted by `gradTensors`, into the `grad` of
 * the leaves; `torch.autograd.backward`.
 *
 * @throws RuntimeError in PyTorch's words, before any gradient is changed, for tensors without history
 * and gradients that don't fit.
 */
export function backward(tensors: OneOrMore<Tensor>, options: BackwardAllOptions = {}): void {
  const { gradTensors, retainGraph, createGraph = false, inputs } = options
  const outputs = listOf(tensors)
  const targets = inputs === undefined ? null : listOf(inputs)
  check(targets?.length !== 0, () => "'inputs' argument to backward() cannot be empty.")
  const given = gradTensors === undefined ? outputs.map(() => null) : listOf(gradTensors)
  const edges =
    targets?.map((t): Edge => {
      check(needsGrad(t), () => 'One of the differentiated Tensors does not require grad')
      if (!metaOf(t)?.flag) retainGrad(t)
      return edgeOf(t)
    }) ?? null
  runBackward(outputs, given, edges, true, createGraph, retainGraph ?? createGraph)
}

/** `Tensor.backward`. */
export function backwardOf(tensor: Tensor, options: BackwardOptions): void {
  const { gradient, ...rest } = options
  backward(tensor, { gradTensors: gradient ?? null, ...rest })
}

/** Options of `grad`. */
export interface GradOptions {
  /** Gradient of each output; may be left out for outputs of one element. */
  gradOutputs?: OneOrMore<Tensor | null>
  retainGraph?: boolean
  createGraph?: boolean
  /** Gives null for inputs that the outputs don't depend on, instead of an error. */
  allowUnused?: boolean
}

/**
 * The gradients of the sum of `outputs`, weighted by `gradOutputs`, with respect to `inputs`, which
 * are returned and not accumulated; `torch.autograd.grad`.
 *
 * @throws RuntimeError in PyTorch's words, also for an unused input without `allowUnused`.
 */
export function grad(
  outputs: OneOrMore<Tensor>,
  inputs: OneOrMore<Tensor>,
  options: GradOptions & { allowUnused: true },
): (Tensor | null)[]
export function grad(
  outputs: OneOrMore<Tensor>,
  inputs: OneOrMore<Tensor>,
  options?: GradOptions,
): Tensor[]
export function grad(
  outputs: OneOrMore<Tensor>,
  inputs: OneOrMore<Tensor>,
  options: GradOptions = {},
): (Tensor | null)[] {
  const { gradOutputs, retainGraph, createGraph = false, allowUnused = false } = options
  const from = listOf(outputs)
  const given = gradOutputs === undefined ? from.map(() => null) : listOf(gradOutputs)
  const edges = listOf(inputs).map((t): Edge => {
    check(needsGrad(t), () => 'One of the differentiated Tensors does not require grad')
    return edgeOf(t)
  })
  const results = runBackward(from, given, edges, false, createGraph, retainGraph ?? createGraph)
  check(
    allowUnused || results.every((g) => g !== null),
    () =>
      'One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.',
  )
  return results
}

/** Where gradients of the tensor arrive. */
function edgeOf(t: Tensor): Edge {
  const gradFn = gradFnOf(t)
  if (gradFn) return { node: gradFn, output: metaOf(t)?.outputNr ?? 0 }
  const accumulator = accumulatorOf(t)
  check(accumulator !== null, () => 'One of the differentiated Tensors does not require grad')
  return { node: accumulator, output: 0 }
}

const torchSize = (shape: readonly number[]): string => `torch.Size([${shape.join(', ')}])`

/** The gradients to start from; PyTorch's `_make_grads`. */
function rootGradients(
  outputs: readonly Tensor[],
  given: readonly (Tensor | null)[],
): (Tensor | null)[] {
  check(
    outputs.length === given.length,
    () => `got ${outputs.length} tensors and ${given.length} gradients`,
  )
  return outputs.map((out, i) => {
    const g = given[i]
    if (isTensor(g)) {
      check(
        sameShape(g.shape, out.shape),
        () =>
          `Mismatch in shape: grad_output[${i}] has a shape of ${torchSize(g.shape)} and output[${i}] has a shape of ${torchSize(out.shape)}.`,
      )
      return g
    }
    if (g !== null && g !== undefined) {
      throw new TypeError_(`gradients can be either Tensors or None, but got ${typeof g}`)
    }
    if (!needsGrad(out)) return null
    check(out.numel() === 1, () => 'grad can be implicitly created only for scalar outputs')
    return null
  })
}

function runBackward(
  outputs: readonly Tensor[],
  given: readonly (Tensor | null)[],
  targets: readonly Edge[] | null,
  accumulate: boolean,
  createGraph: boolean,
  keepGraph: boolean,
): (Tensor | null)[] {
  const gradients = rootGradients(outputs, given)
  const roots = outputs.map((out, i): Edge => {
    const gradFn = gradFnOf(out)
    const node = gradFn ?? accumulatorOf(out)
    if (!node) {
      throw new RuntimeError(
        `element ${i} of tensors does not require grad and does not have a grad_fn`,
      )
    }
    return { node, output: gradFn ? (metaOf(out)?.outputNr ?? 0) : 0 }
  })
  const { enabled } = mode
  mode.enabled = createGraph
  try {
    const pass = (): (Tensor | null)[] => {
      const starts = roots.map(({ node, output }, i) => {
        const g = gradients[i]
        if (g === null) return onesLike(outputs[i])
        const fitting = fitted(g, node.metadata[output], node, i)
        return createGraph || fitting !== g ? fitting : g.alias()
      })
      const task = new Task(roots, { keepGraph, createGraph, targets, accumulate })
      task.run(roots, starts)
      return task.results
    }
    // A recorded pass is like any computation of the caller. Another frees by itself, and what it
    // accumulates must not end with a scope around the call; what it returns does.
    if (createGraph) return pass()
    const results = untracked(pass)
    for (const g of results) if (g) adopt(g)
    return results
  } finally {
    mode.enabled = enabled
  }
}
