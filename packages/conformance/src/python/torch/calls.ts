/** Ops called by their names in PyTorch. */
import { camelCase, overloads, Tensor } from '@sconce/core'
import { findFunction, findMethod } from '../../execute/resolve.ts'
import { NativeFunction } from '../values/functions.ts'
import type { Kwargs, Value } from '../values/value.ts'
import type { Binding, HostFunction } from './binding.ts'
import { BIG_SCALARS, SCALARS, toHost, toOptions, toPython } from './convert.ts'
import { truthOf } from './elements.ts'

/** Ops that make tensors of the dtype of their numbers: ints of PyTorch are int64. */
const COUNTING: ReadonlySet<string> = new Set(['arange', 'full'])

/** Full names of PyTorch's parameters where the schema has its own word for the tensor. */
function renameInput(name: string, options: Record<string, unknown>): void {
  if (!('input' in options)) return
  const schemas = overloads.get(camelCase(name)) ?? []
  if (schemas.length === 0 || schemas.some(({ schema }) => has(schema, 'input'))) return
  options.self = options.input
  delete options.input
}

const has = (schema: { parameters: readonly { name: string }[] }, name: string): boolean =>
  schema.parameters.some((parameter) => parameter.name === name)

type Found = ReturnType<typeof findFunction>

/** Ops that make int32 of something else, in PyTorch too. */
const NARROW: ReadonlySet<string> = new Set(['int', 'frexp'])

/** Whether an int32 result is what was asked for. */
function mentionsInt32(op: string, args: readonly unknown[]): boolean {
  const mentions = (value: unknown): boolean =>
    value === 'int32' ||
    (value instanceof Tensor && value.dtype === 'int32') ||
    (Array.isArray(value) && value.some(mentions))
  return NARROW.has(op) || args.some(mentions)
}

/** PyTorch counts and points with int64, where the library does so with int32. */
function widened(result: unknown): unknown {
  if (result instanceof Tensor) return result.dtype === 'int32' ? result.to('int64') : result
  if (Array.isArray(result)) return result.map(widened)
  if (typeof result !== 'object' || result === null) return result
  if (Object.getPrototypeOf(result) !== Object.prototype) return result
  return Object.fromEntries(Object.entries(result).map(([name, part]) => [name, widened(part)]))
}

/** What is left of a call once the arguments are the library's. */
function calling(binding: Binding, name: string, found: NonNullable<Found>): HostFunction {
  const base = name.slice(name.lastIndexOf('.') + 1)
  const big = COUNTING.has(base) && binding.holdsInt64
  const rule = big ? BIG_SCALARS : SCALARS
  return (args, kwargs) => {
    const options = toOptions(binding, kwargs, rule)
    renameInput(base, options)
    if (base === 'full' && !big && typeof args[1] === 'bigint') options.dtype ??= 'int32'
    const given = args.map((arg) => toHost(binding, arg, rule))
    const result = found(given, options)
    const indices =
      binding.holdsInt64 && !mentionsInt32(base, [...given, ...Object.values(options)])
    return toPython(binding, indices ? widened(result) : result, base)
  }
}

/** `torch.name`: an op, or a function that the library exports; undefined where it has none. */
export function torchFunction(binding: Binding, name: string): NativeFunction | undefined {
  const found = findFunction(name)
  return found && new NativeFunction(name, calling(binding, name, found))
}

/** `Tensor.name` as a function of the tensor; undefined where there is no such method. */
export function tensorMethod(binding: Binding, name: string): NativeFunction | undefined {
  // Where int32 stands for int64, it is what `long` makes.
  const found = findMethod(name === 'long' && !binding.holdsInt64 ? 'int' : name)
  return found && new NativeFunction(name, calling(binding, name, found))
}

/** `torch.allclose`: whether every element is close. */
export function areClose(binding: Binding, input: Value, [other, ...given]: Value[]): boolean {
  const options = ['rtol', 'atol', 'equal_nan'].flatMap((name, i): [string, Value][] =>
    given[i] === undefined ? [] : [[name, given[i]]],
  )
  const close = callTorch(binding, 'isclose', [input, other], new Map(options))
  const every = callTorch(binding, 'all', [close])
  return every instanceof Tensor && truthOf(every)
}

const NONE: Kwargs = new Map()

/** Calls an op. @throws Error where the library has no such op */
export function callTorch(binding: Binding, name: string, args: Value[], kwargs = NONE): Value {
  const found = torchFunction(binding, name)
  if (!found) throw new Error(`no such op: torch.${name}`)
  return found.call(args, kwargs)
}
