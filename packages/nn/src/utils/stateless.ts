/** Modules as functions of their parameters; `torch.nn.utils.stateless`. */
import type { Tensor } from '@sconce/core'
import { callModule } from '../module/call.ts'
import { Module } from '../module/module.ts'

type Named = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>

/**
 * Calls a module with other tensors in the place of its parameters and buffers, which are named by their
 * paths; `functional_call`. Gradients go to the tensors that were given.
 *
 *     functionalCall(net, { 'hidden.weight': w }, [x])
 *
 * @throws AttributeError where there is no such parameter or buffer.
 */
export function functionalCall<M extends Module>(
  module: M,
  parametersAndBuffers: Named,
  args: Tensor | Readonly<Parameters<M['forward']>>,
): ReturnType<M['forward']> {
  const given =
    parametersAndBuffers instanceof Map
      ? [...parametersAndBuffers]
      : Object.entries(parametersAndBuffers as Readonly<Record<string, Tensor>>)
  const undo: (() => void)[] = []
  try {
    for (const [path, t] of given) undo.push(Module.replaceTensor(module, path, t))
    const inputs: readonly unknown[] = Array.isArray(args) ? args : [args]
    // What `call` of the module returns is what its `forward` does.
    return callModule(module, ...inputs) as ReturnType<M['forward']>
  } finally {
    for (const restore of undo.reverse()) restore()
  }
}
