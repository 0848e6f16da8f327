import { autogradEngine } from './autograd-slot.ts'
import { temporaries } from './memory.ts'
import type { Operation } from './operation.ts'
import { bind, bindOverload } from './schema/bind.ts'
import type { Tensor } from './tensor.ts'

/**
 * Something that sees every op before it runs: a profiler, a tracer. `next` goes on to the layers
 * below and in the end to autograd and the op itself.
 */
export interface Layer {
  call(
    operation: Operation,
    args: readonly unknown[],
    inplace: boolean,
    next: () => unknown,
  ): unknown
}

const layers: Layer[] = []

/** Puts a layer on top; returns the function that takes it off. */
export function pushLayer(layer: Layer): () => void {
  layers.push(layer)
  return () => {
    const at = layers.indexOf(layer)
    if (at >= 0) layers.splice(at, 1)
  }
}

/** Runs an op on bound arguments, through the layers. */
export function dispatch(operation: Operation, args: unknown[]): unknown {
  return layers.length === 0
    ? base(operation, args)
    : descend(operation, args, false, layers.length)
}

/** Runs the in-place form of an op on bound arguments; returns the first. */
export function dispatchInplace(operation: Operation, args: unknown[]): unknown {
  return layers.length === 0
    ? baseInplace(operation, args)
    : descend(operation, args, true, layers.length)
}

function descend(operation: Operation, args: unknown[], inplace: boolean, depth: number): unknown {
  if (depth === 0) return inplace ? baseInplace(operation, args) : base(operation, args)
  return layers[depth - 1].call(operation, args, inplace, () =>
    descend(operation, args, inplace, depth - 1),
  )
}

function base(operation: Operation, args: unknown[]): unknown {
  const engine = autogradEngine()
  if (engine === null) return runOperation(operation, args)
  if (engine.records(operation, args)) return engine.run(operation, args)
  const result = runOperation(operation, args)
  // A pointwise op never returns a view.
  if (operation.pointwise === undefined) engine.observe(operation, args, result)
  return result
}

/** Runs the implementation; what it makes on the way is freed with it on devices that count. */
export function runOperation(operation: Operation, args: readonly unknown[]): unknown {
  const first = args[0] as Tensor | undefined
  if (operation.pointwise || first?.storage?.device.backend.info.collected) {
    return operation.run(...args)
  }
  return temporaries(() => operation.run(...args))
}

/** As `runOperation`, for the in-place form. */
export function runOperationInplace(operation: Operation, args: readonly unknown[]): void {
  const self = args[0] as Tensor
  if (operation.pointwise || self.storage.device.backend.info.collected) {
    operation.inplace(...args)
  } else {
    temporaries(() => operation.inplace(...args))
  }
}

function baseInplace(operation: Operation, args: unknown[]): unknown {
  const self = args[0] as Tensor
  const engine = autogradEngine()
  if (engine) return engine.runInplace(operation, args)
  runOperationInplace(operation, args)
  self.version.value++
  return self
}

/** Binds and runs whichever overload takes the arguments. */
export function invoke(
  overloads: readonly Operation[],
  args: readonly unknown[],
  method: boolean,
): unknown {
  if (overloads.length === 1) {
    return dispatch(overloads[0], bind(overloads[0].schema, args, method))
  }
  const { which, bound } = bindOverload(
    overloads.map((o) => o.schema),
    args,
    method,
  )
  return dispatch(overloads[which], bound)
}

/** As `invoke`, for the in-place form. */
export function invokeInplace(overloads: readonly Operation[], args: readonly unknown[]): unknown {
  const able = overloads.filter((o) => o.schema.inplace)
  const { which, bound } = bindOverload(
    able.map((o) => o.schema),
    args,
    true,
  )
  return dispatchInplace(able[which], bound)
}
