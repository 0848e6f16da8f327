import { Tensor } from '@sconce/core'
import { BackwardHookCall } from './backward-hook.ts'
import { globalHooks } from './hooks.ts'
import { internals } from './internals.ts'
import type { Module } from './module.ts'

/** What a hook returned, in the place of the inputs. */
const asInputs = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

/** `Module.call`. */
export function callForward(this: Module, ...inputs: readonly unknown[]): unknown {
  return callModule(this, ...inputs)
}

/** Calls a module whose arguments are known at run time only. */
export function callModule(module: Module, ...inputs: readonly unknown[]): unknown {
  // `forward` of an unknown module takes nothing as far as types go.
  return module[internals].hooks.any || globalHooks.any
    ? callHooked(module, inputs)
    : module.forward(...(inputs as never[]))
}

/** The hooks of all modules, then those of the module, around its `forward`. */
function callHooked(module: Module, given: readonly unknown[]): unknown {
  const { hooks } = module[internals]
  let inputs = given
  for (const hook of [...globalHooks.forwardPre.list(), ...hooks.forwardPre.list()]) {
    const replaced = hook(module, inputs)
    if (replaced !== undefined && replaced !== null) inputs = asInputs(replaced)
  }
  const full = [...globalHooks.backward.list(), ...hooks.backward.list()]
  const backward = full.length > 0 ? new BackwardHookCall(module, full) : null
  if (backward) inputs = backward.inputs(inputs)
  let output = module.forward(...(inputs as never[]))
  for (const hook of [...globalHooks.forward.list(), ...hooks.forward.list()])
    output = hook(module, inputs, output) ?? output
  if (backward) output = backward.output(output)
  for (const hook of hooks.lastBackward.list()) {
    const first: unknown = Array.isArray(output) ? output[0] : output
    if (first instanceof Tensor)
      first.gradFn?.registerHook((gradInput, gradOutput) => hook(module, gradInput, gradOutput))
  }
  return output
}
