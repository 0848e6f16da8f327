import { Tensor } from '@sconce/core'
import { BackwardHookCall } from './backward-hook.ts'
import { internals } from './internals.ts'
import type { Module } from './module.ts'

/** What a hook returned, in the place of the inputs. */
const asInputs = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

/** Calls `run`, the module's `forward`, with its hooks around it. */
export function callHooked(
  module: Module,
  run: (...inputs: readonly unknown[]) => unknown,
  given: readonly unknown[],
): unknown {
  const { hooks } = module[internals]
  let inputs = given
  for (const hook of hooks.forwardPre.list()) {
    const replaced = hook(module, inputs)
    if (replaced !== undefined && replaced !== null) inputs = asInputs(replaced)
  }
  const full = hooks.backward.list()
  const backward = full.length > 0 ? new BackwardHookCall(module, full) : null
  if (backward) inputs = backward.inputs(inputs)
  let output = run.apply(module, [...inputs])
  for (const hook of hooks.forward.list()) output = hook(module, inputs, output) ?? output
  if (backward) output = backward.output(output)
  for (const hook of hooks.lastBackward.list()) {
    const first: unknown = Array.isArray(output) ? output[0] : output
    if (first instanceof Tensor)
      first.gradFn?.registerHook((gradInput, gradOutput) => hook(module, gradInput, gradOutput))
  }
  return output
}
