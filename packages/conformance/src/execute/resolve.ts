/** From PyTorch's names to what the library calls so. */
import * as core from '@sconce/core'
import {
  camelCase,
  invoke,
  invokeInplace,
  type Operation,
  overloads,
  type Tensor,
} from '@sconce/core'
import { isTensor } from './arguments.ts'
import { hostFunctions } from './host-functions.ts'
import { type CallOp, operators } from './operators.ts'

/** Calls an op with positional and keyword arguments. */
export type Callable = (
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>>,
) => unknown

/** PyTorch's namespaces, as the op table calls them. */
const namespaces: Readonly<Record<string, string>> = {
  'nn.functional': 'functional',
  '_C._nn': 'functional',
  linalg: 'linalg',
  special: 'special',
  fft: 'fft',
  masked: 'masked',
  _masked: 'masked',
}

/** Keyword arguments go last, as one options object. */
const withOptions = (
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>>,
): unknown[] => (Object.keys(kwargs).length > 0 ? [...args, kwargs] : [...args])

/** Python's variadic tensors (`block_diag(a, b)`) are a list where the schema has one. */
function packTensors(list: readonly Operation[], args: readonly unknown[]): readonly unknown[] {
  for (const { schema } of list) {
    const i = schema.parameters.findIndex(({ type }) => type === 'Tensor[]')
    if (i < 0 || args.length <= i || !args.slice(i).every(isTensor)) continue
    const takesOne = list.some(
      (other) => other.schema.parameters[i]?.type === 'Tensor' && other.schema.positional > i,
    )
    if (!takesOne || args.length > i + 1) return [...args.slice(0, i), args.slice(i)]
  }
  return args
}

const isFunction = (value: unknown): value is (...args: unknown[]) => unknown =>
  typeof value === 'function'

/** A member of an object whose members are not known by type. */
const memberOf = (holder: object, name: string): unknown => Reflect.get(holder, name)

/** The in-place form of an op of the table: `functional.elu_`. */
function inplaceFromTable(name: string): Callable | undefined {
  const list = name.endsWith('_') ? overloads.get(name.slice(0, -1)) : undefined
  return list?.some(({ schema }) => schema.inplace)
    ? (args, kwargs) => invokeInplace(list, withOptions(args, kwargs))
    : undefined
}

function fromTable(name: string): Callable | undefined {
  const list = overloads.get(name)
  return (
    list && ((args, kwargs) => invoke(list, withOptions(packTensors(list, args), kwargs), false))
  )
}

function fromExports(namespace: string, name: string): Callable | undefined {
  const holder = namespace === '' ? core : memberOf(core, namespace)
  if (typeof holder !== 'object' || holder === null) return undefined
  const found = memberOf(holder, name)
  return isFunction(found) ? (args, kwargs) => found(...withOptions(args, kwargs)) : undefined
}

/** A method of the tensor that is the first argument. */
function method(name: string): Callable | undefined {
  const own = Object.getOwnPropertyDescriptor(core.Tensor.prototype, name)
  if (!isFunction(own?.value)) return undefined
  return ([self, ...rest], kwargs) => {
    if (!isTensor(self)) throw new TypeError(`${name} is a method of tensors`)
    const found = memberOf(self, name)
    if (!isFunction(found)) throw new TypeError(`${name} is not a method`)
    return found.apply(self, withOptions(rest, kwargs))
  }
}

/** PyTorch's positional flags of `to` are `non_blocking`, which means nothing here, and `copy`. */
const to: Callable = ([self, ...rest], { nonBlocking: _, copy, ...kwargs }) => {
  const isFlag = (value: unknown): boolean => typeof value === 'boolean'
  const copies = copy ?? rest.filter(isFlag)[1] ?? false
  const target = rest.filter((value) => !isFlag(value))
  return method('to')?.([self, ...target], { ...kwargs, copy: copies })
}

const hasProperty = (name: string): boolean => name in core.Tensor.prototype

/** A getter of the tensor that is the first argument. */
const property = (name: string): Callable | undefined =>
  hasProperty(name) ? ([self]) => memberOf(self as Tensor, name) : undefined

const callOp: CallOp = (name, ...args) => {
  const found = findFunction(name)
  if (!found) throw new Error(`no such op: ${name}`)
  return found(args, {})
}

function operator(name: string): Callable | undefined {
  if (!Object.hasOwn(operators, name)) return undefined
  return ([self, other]) => operators[name](self as Tensor, other, callOp)
}

/**
 * A function of the `torch` module by its name without `torch.`: `add`, `nn.functional.conv2d`. In-place
 * functions (`relu_`) are methods.
 */
export function findFunction(name: string): Callable | undefined {
  const dot = name.lastIndexOf('.')
  const prefix = name.slice(0, Math.max(0, dot))
  const base = name.slice(dot + 1)
  const camel = camelCase(base)
  if (prefix !== '' && !Object.hasOwn(namespaces, prefix)) return undefined
  const namespace = prefix === '' ? '' : namespaces[prefix]
  if (namespace === '' && Object.hasOwn(hostFunctions, base)) return hostFunctions[base]
  const full = namespace === '' ? camel : `${namespace}.${camel}`
  return (
    fromTable(full) ??
    inplaceFromTable(full) ??
    fromExports(namespace, camel) ??
    (namespace === '' ? (method(camel) ?? findFunction(`nn.functional.${base}`)) : undefined)
  )
}

/** A method or property of tensors by its PyTorch name. */
export function findMethod(name: string): Callable | undefined {
  if (name === 'to') return to
  return operator(name) ?? method(camelCase(name)) ?? property(camelCase(name))
}

/**
 * What a recorded call calls: `torch.add`, `Tensor.expand`, `Tensor.T (property)`,
 * `aten.slice(self, dim=0)`. The op table comes first, then exported functions, then methods.
 * @returns undefined where the library has no such op
 */
export function findCall(call: string): Callable | undefined {
  const [, owner, name] = /^(torch|Tensor|aten)\.([\w.]+)/.exec(call) ?? []
  if (owner === undefined) return undefined
  return owner === 'Tensor' ? findMethod(name) : findFunction(name)
}
