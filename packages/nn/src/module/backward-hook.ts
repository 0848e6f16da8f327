/** Backward hooks see gradients where identity functions around `forward` let them through. */
import { applyFunction, isGradEnabled } from '@sconce/autograd'
import { type GradientList, RuntimeError, Tensor } from '@sconce/core'
import type { BackwardHook } from './hooks.ts'
import type { Module } from './module.ts'

/** The identity, with a node in the graph to put hooks on. */
const BackwardHookFunction = {
  name: 'BackwardHookFunction',
  forward: (_: object, ...tensors: Tensor[]): Tensor[] => tensors,
  backward: (_: object, ...grads: Tensor[]): Tensor[] => grads,
}

const isTensor = (value: unknown): value is Tensor => value instanceof Tensor

/** Tensors among values passed through the identity; null where no gradient can flow. */
function throughIdentity(values: readonly unknown[]) {
  const positions = [...values.keys()].filter((i) => isTensor(values[i]))
  const tensors = positions.map((i) => values[i]).filter(isTensor)
  if (!isGradEnabled() || !tensors.some((t) => t.requiresGrad)) return null
  const passed = applyFunction(BackwardHookFunction, tensors)
  const node = passed.find((t) => t.gradFn)?.gradFn
  if (!node) return null
  const replaced = [...values]
  positions.forEach((position, i) => {
    replaced[position] = passed[i]
  })
  return { node, positions, replaced }
}

/** Gradients by argument: null for those that are no tensors. */
function spread(grads: GradientList, positions: readonly number[], count: number): GradientList {
  const all = Array<Tensor | null>(count).fill(null)
  positions.forEach((position, i) => {
    all[position] = grads[i]
  })
  return all
}

/** The full backward hooks of one call of a module; PyTorch's `BackwardHook`. */
export class BackwardHookCall {
  readonly #module: Module
  readonly #hooks: readonly BackwardHook[]
  #gradOutputs: GradientList | null = null
  #inputCount = 0
  #inputsHooked = false

  constructor(module: Module, hooks: readonly BackwardHook[]) {
    this.#module = module
    this.#hooks = hooks
  }

  #run(gradInputs: GradientList): GradientList {
    const gradOutputs = this.#gradOutputs
    if (gradOutputs === null) {
      throw new RuntimeError(
        "Module backward hook for grad_input is called before the grad_output one. This happens because the gradient in your nn.Module flows to the Module's input without passing through the Module's output. Make sure that the output depends on the input and that the loss is computed based on the output.",
      )
    }
    this.#gradOutputs = null
    return this.#hooks.reduce((grads, hook) => {
      const replaced = hook(this.#module, grads, gradOutputs)
      if (!replaced) return grads
      const list = Array.isArray(replaced) ? replaced : [replaced]
      if (list.length !== grads.length) {
        throw new RuntimeError(
          `Backward hook returned an invalid number of grad_input, got ${list.length}, but expected ${grads.length}`,
        )
      }
      return list
    }, gradInputs)
  }

  /** The inputs, led through the identity. */
  inputs(inputs: readonly unknown[]): readonly unknown[] {
    this.#inputCount = inputs.length
    const passed = throughIdentity(inputs)
    if (!passed) return inputs
    this.#inputsHooked = true
    const { node, positions, replaced } = passed
    node.registerHook((gradInputs) => {
      const result = this.#run(spread(gradInputs, positions, inputs.length))
      return positions.map((position) => result[position])
    })
    return replaced
  }

  /** The output, led through the identity: one tensor or a list. */
  output(output: unknown): unknown {
    const list = Array.isArray(output)
    const values: readonly unknown[] = list ? output : [output]
    const passed = throughIdentity(values)
    if (!passed) return output
    const { node, positions, replaced } = passed
    node.registerHook((_, gradOutputs) => {
      this.#gradOutputs = spread(gradOutputs, positions, values.length)
      // Where no input asks for a gradient, nothing comes by there any more.
      if (!this.#inputsHooked) this.#run(Array<null>(this.#inputCount).fill(null))
    })
    return list ? replaced : replaced[0]
  }
}
