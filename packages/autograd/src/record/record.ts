import { check, inference, type Operation, runOperationInplace, type Tensor } from '@sconce/core'
import { metaOf, needsGrad } from '../meta.ts'
import { mode } from '../mode.ts'
import { isTensor } from './rule.ts'
import { ruleOf } from './rules.ts'
import { checkInplace, currentCreation, markView } from './views.ts'

/** Whether an argument of the op needs a gradient. */
function anyNeedsGrad(operation: Operation, args: readonly unknown[]): boolean {
  const { tensors } = operation.schema
  for (let i = 0; i < tensors.length; i++) {
    const value = args[tensors[i]]
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      for (const t of value) if (isTensor(t) && needsGrad(t)) return true
    } else {
      const { autograd } = value as Tensor
      if (autograd?.requiresGrad) return true
    }
  }
  return false
}

/** Whether the op is to be recorded. */
export const records = (operation: Operation, args: readonly unknown[]): boolean =>
  mode.enabled && anyNeedsGrad(operation, args)

/** Runs the op and records it. */
export const run = (operation: Operation, args: readonly unknown[]): unknown =>
  ruleOf(operation).run(args)

/** Notes which results of an op that is not recorded are views of its first argument. */
export function observe(operation: Operation, args: readonly unknown[], result: unknown): void {
  const self = args[0]
  if (!isTensor(self)) return
  if (isTensor(result)) {
    if (result === self) return
    if (result.storage === self.storage) markView(result, self, currentCreation(false))
    else hideInnerView(operation, result)
  } else if (Array.isArray(result)) {
    for (const r of result) {
      if (isTensor(r) && r.storage === self.storage) markView(r, self, currentCreation(true))
    }
  }
}

/** A result that is a view of a temporary of the implementation is none to the outside. */
function hideInnerView(operation: Operation, result: Tensor): void {
  const meta = metaOf(result)
  if (meta?.base && meta.gradFn === null && ruleOf(operation).primitive) result.autograd = null
}

/** Runs the in-place form, with PyTorch's checks, and counts the version. */
export function runInplace(operation: Operation, args: readonly unknown[]): Tensor {
  const self = args[0] as Tensor
  check(
    !self.version.inference || inference.on,
    () =>
      'Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.',
  )
  if (mode.enabled && anyNeedsGrad(operation, args)) {
    checkInplace(self)
    ruleOf(operation).runInplace(args)
  } else {
    runOperationInplace(operation, args)
    self.version.value++
  }
  return self
}
