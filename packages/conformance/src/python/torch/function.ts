/** `torch.autograd.Function`, written in a program. */
import {
  applyFunction,
  type Context,
  Function as CustomFunction,
  FunctionContext,
  onceDifferentiable,
} from '@sconce/autograd'
import type { PyClass } from '../values/classes.ts'
import { raise } from '../values/errors.ts'
import { NativeFunction } from '../values/functions.ts'
import { Callable, Tuple, type Value } from '../values/value.ts'
import type { Adapter, Binding } from './binding.ts'
import { toPython } from './convert.ts'

/** What `forward` and `backward` put on contexts. */
const states = new WeakMap<FunctionContext, Map<string, Value>>()

/** Several results are a list; values of the program that are no tensors pass through as they are. */
const asResult = (value: Value): Value | readonly Value[] =>
  value instanceof Tuple ? value.items : value

const method = ({ interpreter }: Binding, type: PyClass, name: string): Callable => {
  const found = interpreter.getAttribute(type, name)
  if (found instanceof Callable) return found
  throw raise('TypeError', `${type.name}.${name} is not callable`)
}

/** `Class.apply(*args)`. */
function apply(binding: Binding, type: PyClass, args: Value[]): Value {
  const run = (name: string, ctx: FunctionContext, given: readonly unknown[]) =>
    asResult(method(binding, type, name).call([ctx, ...(given as Value[])]))
  const result = applyFunction(
    {
      name: type.name,
      forward: (ctx: Context, ...given: Value[]) => run('forward', ctx, given),
      // What a gradient is, and how many there are, is checked by the library.
      backward: (ctx: Context, ...grads: never[]) => run('backward', ctx, grads) as never,
    },
    args,
  )
  return toPython(binding, result)
}

/** Members that classes inherit from `torch.autograd.Function`. */
export function inheritedFromFunction(
  binding: Binding,
  name: string,
  receiver: PyClass,
): Value | undefined {
  if (name === 'apply') return new NativeFunction(name, (args) => apply(binding, receiver, args))
  if (name === 'forward' || name === 'backward')
    return new NativeFunction(name, () => toPython(binding, CustomFunction[name]()))
  return undefined
}

/** `@once_differentiable`. */
export const onceDifferentiableFunction = new NativeFunction(
  'once_differentiable',
  ([backward]) => {
    if (!(backward instanceof Callable)) throw raise('TypeError', 'expected a function')
    const once = onceDifferentiable((...args: Value[]) => asResult(backward.call(args)) as never)
    return new NativeFunction(backward.name, (args) => toTuple(once(...args)), true)
  },
)

const toTuple = (value: unknown): Value =>
  Array.isArray(value) ? new Tuple(value as Value[]) : ((value ?? null) as Value)

const CONTEXT_METHODS: { [name: string]: (ctx: FunctionContext, args: Value[]) => void } = {
  save_for_backward: (ctx, args) => ctx.saveForBackward(...(args as never[])),
  mark_dirty: (ctx, args) => ctx.markDirty(...(args as never[])),
  mark_non_differentiable: (ctx, args) => ctx.markNonDifferentiable(...(args as never[])),
  set_materialize_grads: (ctx, [on]) => ctx.setMaterializeGrads(on === true),
}

export const contextAdapter = (binding: Binding): Adapter => ({
  owns: (object) => object instanceof FunctionContext,
  typeOf: () => binding.interpreter.foreignClass(FunctionContext, 'FunctionCtx'),
  getAttribute(object, name) {
    if (!(object instanceof FunctionContext)) return undefined
    if (Object.hasOwn(CONTEXT_METHODS, name))
      return new NativeFunction(name, (args) => {
        CONTEXT_METHODS[name](object, args)
        return null
      })
    if (name === 'saved_tensors' || name === 'saved_variables')
      return new Tuple(object.savedTensors.map((tensor) => tensor ?? null))
    if (name === 'needs_input_grad') return new Tuple(object.needsInputGrad)
    return states.get(object)?.get(name)
  },
  setAttribute(object, name, value) {
    if (!(object instanceof FunctionContext)) return false
    const state = states.get(object) ?? new Map<string, Value>()
    states.set(object, state.set(name, value))
    return true
  },
})
