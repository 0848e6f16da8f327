/** The host of programs that use PyTorch: every object belongs to the first part that owns it. */
import { Function as CustomFunction } from '@sconce/autograd'
import { SconceError } from '@sconce/backend'
import { Tensor } from '@sconce/core'
import type { Host } from '../host.ts'
import { type Foreign, isForeign, type Value } from '../values/value.ts'
import type { Adapter, Binding } from './binding.ts'
import { construct, inherited } from './derived.ts'
import { contextAdapter, inheritedFromFunction } from './function.ts'
import { modeAdapter } from './modes.ts'
import { namedAdapter } from './named.ts'
import { type Namespace, namespaceAdapter } from './namespaces.ts'
import { asInPython } from './node-names.ts'
import { nodeAdapter } from './nodes.ts'
import { objectAdapter } from './objects.ts'
import { recordAdapter } from './records.ts'
import { tensorAdapter, unboundMethod } from './tensor.ts'

const PARTS = [
  tensorAdapter,
  namespaceAdapter,
  namedAdapter,
  nodeAdapter,
  contextAdapter,
  modeAdapter,
  recordAdapter,
  objectAdapter,
]

/** Errors whose names are no classes of Python are the class that they derive from in PyTorch. */
const ERROR_NAMES: { [name: string]: string } = {
  OutOfMemoryError: 'RuntimeError',
  LinAlgError: 'RuntimeError',
}

export function torchHost(
  binding: Binding,
  namespaces: () => ReadonlyMap<string, Namespace>,
): Host {
  // Made when first needed: they want the interpreter, which wants its host.
  let parts: Adapter[] | undefined
  const of = (object: Foreign): Adapter => {
    parts ??= PARTS.map((make) => make(binding))
    return parts.find((part) => part.owns(object)) ?? parts[0]
  }
  const either = (left: Value, right: Value): Adapter | undefined => {
    const object =
      [left, right].find((value) => value instanceof Tensor) ?? (isForeign(left) ? left : right)
    return isForeign(object) ? of(object) : undefined
  }
  return {
    typeOf: (object) => of(object).typeOf(object),
    getAttribute: (object, name) => of(object).getAttribute?.(object, name),
    setAttribute: (object, name, value, instance) =>
      of(object).setAttribute?.(object, name, value, instance) ?? false,
    deleteAttribute: (object, name) => of(object).deleteAttribute?.(object, name) ?? false,
    call: (object, args, kwargs) => of(object).call?.(object, args, kwargs),
    binary: (op, left, right) => either(left, right)?.binary?.(op, left, right),
    inplace: (op, target, value) => of(target).inplace?.(op, target, value),
    unary: (op, operand) => of(operand).unary?.(op, operand),
    compare: (op, left, right) => either(left, right)?.compare?.(op, left, right),
    getItem: (object, index) => of(object).getItem?.(object, index),
    setItem: (object, index, value) => of(object).setItem?.(object, index, value) ?? false,
    deleteItem: (object, index) => of(object).deleteItem?.(object, index) ?? false,
    iterate: (object) => of(object).iterate?.(object),
    length: (object) => of(object).length?.(object),
    contains: (object, value) => of(object).contains?.(object, value),
    truth: (object) => of(object).truth?.(object),
    repr: (object) => of(object).repr?.(object),
    str: (object) => of(object).str?.(object),
    format: (object, spec) => of(object).format?.(object, spec),
    construct: (type, args, kwargs, instance) => construct(binding, type, args, kwargs, instance),
    getInherited(type, name, receiver, instance) {
      if ((type as object) === CustomFunction) return inheritedFromFunction(binding, name, receiver)
      if ((type as object) === Tensor) return unboundMethod(binding, name)
      return inherited(binding, type, name, receiver, instance)
    },
    exception(error) {
      if (!(error instanceof SconceError)) return undefined
      return { type: ERROR_NAMES[error.name] ?? error.name, message: asInPython(error.message) }
    },
    import: (name) => importModule(namespaces(), name),
  }
}

/** `torch`, `torch.nn.functional`: namespaces in namespaces. */
function importModule(namespaces: ReadonlyMap<string, Namespace>, name: string): Value | undefined {
  const [root, ...path] = name.split('.')
  if (root !== 'torch') return undefined
  let module: Value | undefined = namespaces.get('')
  for (const part of path)
    module =
      module instanceof Object && 'get' in module ? (module as Namespace).get(part) : undefined
  return module
}
