import { Tensor } from '@sconce/core'
import { isParameter, Parameter, UninitializedParameter } from '../parameter.ts'
import { Internals } from './internals.ts'
import { isModule, type Module } from './module.ts'

function copyTensor(t: Tensor): Tensor {
  const copy = t.detach().clone()
  if (t instanceof UninitializedParameter) return new UninitializedParameter(copy, t.requiresGrad)
  return isParameter(t) ? new Parameter(copy, t.requiresGrad) : copy.requiresGrad_(t.requiresGrad)
}

/** A copy of a member: deep for what belongs to a module, the same for anything else. */
function copyOf(value: unknown, copies: Map<object, object>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const known = copies.get(value)
  if (known) return known
  if (isModule(value)) return value.clone(copies)
  if (value instanceof Internals) return new Internals(value)
  let copy: object
  if (value instanceof Tensor) copy = copyTensor(value)
  else if (Array.isArray(value)) copy = value.map((item) => copyOf(item, copies))
  else if (value instanceof Map)
    copy = new Map(Array.from(value, ([key, item]) => [key, copyOf(item, copies)]))
  else return value
  copies.set(value, copy)
  return copy
}

/** `Module.clone`: every property copied, in an object of the same class. */
export function copyMembers<M extends Module>(module: M, copies: Map<object, object>): M {
  // An object of the class of the module, which gets all of its properties.
  const copy: M = Object.create(Object.getPrototypeOf(module))
  copies.set(module, copy)
  for (const key of Reflect.ownKeys(module)) {
    const descriptor = Object.getOwnPropertyDescriptor(module, key)
    if (!descriptor) continue
    if ('value' in descriptor) descriptor.value = copyOf(descriptor.value, copies)
    Object.defineProperty(copy, key, descriptor)
  }
  return copy
}
