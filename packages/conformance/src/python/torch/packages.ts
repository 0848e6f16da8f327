/**
 * `torch.nn` and `torch.optim`: what the packages export under PyTorch's names, classes as classes and
 * functions in camelCase. `torch.nn.functional` is the op table's.
 */
import { camelCase } from '@sconce/core'
import { NativeFunction } from '../values/functions.ts'
import type { Value } from '../values/value.ts'
import type { Binding } from './binding.ts'
import { torchFunction } from './calls.ts'
import { toPython } from './convert.ts'
import { Namespace } from './namespaces.ts'
import { callPlain, classOf, isClass } from './objects.ts'

/** The modules of a package are namespaces or plain objects. */
const isModule = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  (Object.getPrototypeOf(value) === null || Object.getPrototypeOf(value) === Object.prototype)

/** A module of a package by PyTorch's name for it. */
function packageNamespace(binding: Binding, name: string, module: object | undefined): Namespace {
  return new Namespace(name, (member) => exported(binding, name, module, member))
}

function exported(
  binding: Binding,
  namespace: string,
  module: object | undefined,
  name: string,
): Value | undefined {
  if (module === undefined) return undefined
  const key = name in module ? name : camelCase(name)
  if (!(key in module)) return undefined
  const value: unknown = Reflect.get(module, key)
  if (isClass(value)) return classOf(binding, value)
  if (isModule(value)) return packageNamespace(binding, `${namespace}.${name}`, value)
  if (typeof value !== 'function') return toPython(binding, value)
  return callPlain(binding, name, value as (...args: never[]) => unknown, undefined)
}

/** In-place forms of activations are asked for by a keyword, and indices of pools too. */
function functional(binding: Binding, name: string): Value | undefined {
  const plain = torchFunction(binding, `nn.functional.${name}`) ?? torchFunction(binding, name)
  if (!plain) return undefined
  const variant = (suffix: string): NativeFunction | undefined =>
    torchFunction(binding, `nn.functional.${name}${suffix}`) ??
    torchFunction(binding, `${name}${suffix}`)
  return new NativeFunction(name, (args, kwargs) => {
    const rest = new Map(kwargs)
    const takes = (keyword: string): boolean => {
      const value = rest.get(keyword)
      rest.delete(keyword)
      return value === true
    }
    const chosen = takes('inplace')
      ? variant('_')
      : takes('return_indices')
        ? variant('_with_indices')
        : plain
    return (chosen ?? plain).call(args, chosen ? rest : kwargs)
  })
}

export function nnNamespace(binding: Binding): Namespace {
  const { nn } = binding.packages
  const f = new Namespace('torch.nn.functional', (name) => functional(binding, name))
  return new Namespace('torch.nn', (name) =>
    name === 'functional' ? f : exported(binding, 'torch.nn', nn, name),
  )
}

export const optimNamespace = (binding: Binding): Namespace =>
  packageNamespace(binding, 'torch.optim', binding.packages.optim)
