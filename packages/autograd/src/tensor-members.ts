import { isFloat } from '@sconce/backend'
import {
  check,
  inference,
  type RemovableHandle,
  RuntimeError,
  sameShape,
  type Tensor,
  TypeError_,
} from '@sconce/core'
import { makeMeta, metaOf, needsGrad } from './meta.ts'
import { type Gradients, hooked, type Node, type PreHook } from './node.ts'
import { accumulatorOf, gradFnOf } from './record/edges.ts'
import { isTensor } from './record/rule.ts'

/** `Tensor.is_leaf`. */
export const isLeaf = (t: Tensor): boolean => gradFnOf(t) === null

const differentiable = {
  property: 'only Tensors of floating point and complex dtype can require gradients',
  method: 'only Tensors of floating point dtype can require gradients',
  option: 'Only Tensors of floating point and complex dtype can require gradients',
} as const

/**
 * `Tensor.requires_grad = on` and `Tensor.requires_grad_(on)`.
 *
 * @throws RuntimeError in PyTorch's words for non-leaves and for integers.
 */
export function setRequiresGrad(t: Tensor, on: boolean, how: keyof typeof differentiable): void {
  if (!isLeaf(t) && !(how === 'method' && on)) {
    const advice = on
      ? ''
      : " If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
    throw new RuntimeError(`you can only change requires_grad flags of leaf variables.${advice}`)
  }
  if (on) {
    check(isFloat(t.dtype), () => differentiable[how])
    check(
      !t.version.inference || inference.on,
      () => 'Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.',
    )
    makeMeta(t).flag = true
  } else {
    const meta = metaOf(t)
    if (meta) meta.flag = false
  }
}

/**
 * `Tensor.grad = grad`.
 *
 * @throws RuntimeError or TypeError in PyTorch's words for a gradient that doesn't fit.
 */
export function setGrad(t: Tensor, gradient: Tensor | null): void {
  if (gradient === null || gradient === undefined) {
    const meta = metaOf(t)
    if (meta) meta.grad = null
    return
  }
  if (!isTensor(gradient)) {
    throw new TypeError_(
      `assigned grad expected to be a Tensor or None but got grad of type${typeof gradient}`,
    )
  }
  check(gradient !== t, () => "can't assign Variable as its own grad")
  check(gradient.dtype === t.dtype, () => 'assigned grad has data of a different type')
  check(
    gradient.storage.device === t.storage.device,
    () => 'assigned grad has data located on a different device',
  )
  check(sameShape(gradient.shape, t.shape), () => 'assigned grad has data of a different size')
  makeMeta(t).grad = gradient
}

/** Adds a hook in front of the node where gradients of `t` arrive. */
function hookGradient(t: Tensor, call: (g: Tensor) => Tensor | null, internal: boolean) {
  const gradFn = gradFnOf(t)
  const node = (gradFn ?? accumulatorOf(t)) as Node
  const output = gradFn ? (metaOf(t)?.outputNr ?? 0) : 0
  const hook: PreHook = {
    internal,
    call(grads: Gradients) {
      const g = grads[output]
      if (g === null) return
      const replaced = call(g)
      if (replaced) grads[output] = replaced
    },
  }
  node.preHooks ??= []
  return hooked(node.preHooks, hook)
}

/** `Tensor.retain_grad`. */
export function retainGrad(t: Tensor): void {
  check(needsGrad(t), () => "can't retain_grad on Tensor that has requires_grad=False")
  const meta = makeMeta(t)
  if (isLeaf(t) || meta.retains) return
  meta.retains = true
  hookGradient(
    t,
    (g) => {
      meta.grad = meta.grad === null ? g.clone() : meta.grad.add(g)
      return null
    },
    true,
  )
}

/** `Tensor.register_hook`: `hook` may return a gradient to go on with. */
export function registerHook(
  t: Tensor,
  // biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing
  hook: (grad: Tensor) => Tensor | null | undefined | void,
): RemovableHandle {
  check(needsGrad(t), () => "cannot register a hook on a tensor that doesn't require gradient")
  const name = hook.name || '<lambda>'
  return hookGradient(
    t,
    (g) => {
      const result = hook(g)
      if (result === undefined || result === null) return null
      if (!isTensor(result)) {
        throw new TypeError_(`expected Variable, but hook returned '${typeof result}'`)
      }
      check(
        result.dtype === g.dtype,
        () => `hook '${name}' has changed the type of value (was ${g.type()} got ${result.type()})`,
      )
      check(sameShape(result.shape, g.shape), () => `hook '${name}' has changed the size of value`)
      return result
    },
    false,
  )
}

/** `Tensor.detach_`. */
export function detachInplace(t: Tensor): Tensor {
  const meta = metaOf(t)
  check(
    !meta?.base,
    () =>
      "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these gradients. To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution.",
  )
  if (meta) {
    meta.gradFn = null
    meta.outputNr = 0
    meta.flag = false
    meta.accumulator = null
  }
  return t
}
