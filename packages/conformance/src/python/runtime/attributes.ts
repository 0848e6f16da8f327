/** `value.name`, read, written and deleted. */
import { CachedProperty, Instance, Property, PyClass, Super } from '../values/classes.ts'
import { Dict } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { BoundMethod, NativeFunction, PyFunction } from '../values/functions.ts'
import { isForeign, Module, PyObject, Tuple, type Value } from '../values/value.ts'
import { call } from './call.ts'
import { dunder, unboundDunder } from './dunders.ts'
import { initInherited } from './instantiate.ts'
import { bindMember, bindToClass, objectMember } from './members.ts'
import { foreignOf, type Runtime } from './runtime.ts'
import { ownSpecial, typeName, typeOf } from './types.ts'

/** `value.name`. @throws PyError AttributeError */
export function getAttribute(rt: Runtime, value: Value, name: string): Value {
  const result = findAttribute(rt, value, name)
  if (result === undefined) throw missing(rt, value, name)
  return result
}

function missing(rt: Runtime, value: Value, name: string): Error {
  const owner =
    value instanceof PyClass
      ? `type object '${value.name}'`
      : value instanceof Module
        ? `module '${value.name}'`
        : `'${typeName(rt, value)}' object`
  return raise('AttributeError', `${owner} has no attribute '${name}'`)
}

/** `value.name`, or undefined. */
export function findAttribute(rt: Runtime, value: Value, name: string): Value | undefined {
  if (value instanceof Instance) return instanceAttribute(rt, value, name)
  if (value instanceof PyClass) return classAttribute(rt, value, name)
  if (value instanceof Super) return inherited(rt, value, name)
  if (isForeign(value)) {
    const result = rt.host.getAttribute?.(value, name)
    if (result !== undefined) return result
  }
  if (name === '__class__') return typeOf(rt, value)
  const own = value instanceof PyObject ? objectAttribute(rt, value, name) : undefined
  if (own !== undefined) return own
  const type = typeOf(rt, value)
  const member = type.lookup(name)
  if (member !== undefined) return bindMember(rt, member, value, type)
  return dunder(rt, value, name)
}

function instanceAttribute(rt: Runtime, value: Instance, name: string): Value | undefined {
  const { type, attributes } = value
  const member = type.lookup(name)
  if (member instanceof Property) return bindMember(rt, member, value, type)
  const own = attributes.get(name)
  if (own !== undefined) return own
  if (member instanceof CachedProperty) {
    const made = member.getter.call([value])
    attributes.set(name, made)
    return made
  }
  if (member !== undefined) return bindMember(rt, member, value, type)
  if (name === '__class__') return type
  if (name === '__dict__') return attributes
  if (value.native !== undefined) {
    const result = findAttribute(rt, value.native, name)
    if (result !== undefined) return result
  }
  const object = objectMember(rt, name)
  if (object) return new BoundMethod(object, value)
  return ownSpecial(value, '__getattr__')?.(name)
}

const CLASS_FACTS: { [name: string]: (type: PyClass, rt: Runtime) => Value } = {
  __name__: (type) => type.name,
  __qualname__: (type) => type.name,
  __module__: (type, rt) => type.module ?? (rt.hasType(type.name) ? 'builtins' : '__main__'),
  __mro__: (type) => new Tuple(type.mro),
  __bases__: (type) => new Tuple(type.bases),
  __dict__: (type) => new Dict(type.members),
  __class__: (_, rt) => rt.type('type'),
  __doc__: () => null,
}

function classAttribute(rt: Runtime, type: PyClass, name: string): Value | undefined {
  for (const owner of type.mro) {
    const member = owner.members.get(name)
    if (member !== undefined) return bindToClass(rt, member, type)
    const foreign = foreignOf(owner)
    if (!foreign) continue
    if (name === '__init__') return initInherited(rt, owner)
    const result = rt.host.getInherited?.(foreign, name, type)
    if (result !== undefined) return result
  }
  if (Object.hasOwn(CLASS_FACTS, name)) return CLASS_FACTS[name](type, rt)
  const builtin = type.mro.find((owner) => owner.create && owner.name !== 'object')
  if (builtin && name === '__init__') return initInherited(rt, builtin)
  return (builtin && unboundDunder(rt, name)) ?? objectMember(rt, name)
}

/** `super().name`. */
function inherited(rt: Runtime, { after, receiver, type }: Super, name: string): Value | undefined {
  const instance = receiver instanceof Instance ? receiver : undefined
  for (const owner of type.mro.slice(type.mro.indexOf(after) + 1)) {
    const member = owner.members.get(name)
    if (member !== undefined)
      return instance ? bindMember(rt, member, instance, type) : bindToClass(rt, member, type)
    const foreign = foreignOf(owner)
    const isBuiltin = owner.create !== undefined && owner.name !== 'object'
    if ((foreign || isBuiltin) && name === '__init__')
      return new BoundMethod(initInherited(rt, owner), receiver)
    const result = foreign && rt.host.getInherited?.(foreign, name, type, instance)
    if (result !== undefined) return result
    if (isBuiltin && instance?.native !== undefined) {
      const method = findAttribute(rt, instance.native, name)
      if (method !== undefined) return method
    }
  }
  const object = objectMember(rt, name)
  return object && new BoundMethod(object, receiver)
}

/** Attributes of the language's own objects, besides the members of their types. */
function objectAttribute(rt: Runtime, value: PyObject, name: string): Value | undefined {
  if (value instanceof Module) return name === '__name__' ? value.name : value.members.get(name)
  if (value instanceof PyFunction || value instanceof NativeFunction)
    return value.attributes.get(name) ?? functionFact(value, name)
  if (value instanceof BoundMethod) {
    if (name === '__self__') return value.self
    return name === '__func__' ? value.inner : findAttribute(rt, value.inner, name)
  }
  if (value instanceof Tuple) {
    const field = value.kind?.fields?.indexOf(name) ?? -1
    return field >= 0 ? value.items[field] : value.kind?.attribute?.(value, name)
  }
  if (value instanceof Property) return propertyMethod(value, name)
  return undefined
}

function functionFact(value: PyFunction | NativeFunction, name: string): Value | undefined {
  switch (name) {
    case '__name__':
      return value.name.slice(value.name.lastIndexOf('.') + 1)
    case '__qualname__':
      return value instanceof PyFunction ? value.qualifiedName : value.name
    case '__doc__':
      return value instanceof PyFunction ? value.doc : null
    case '__module__':
      return '__main__'
    default:
      return undefined
  }
}

/** `@x.setter`. */
function propertyMethod(property: Property, name: string): Value | undefined {
  const { getter, setter, deleter } = property
  const make: { [name: string]: (method: Value) => Property } = {
    getter: (method) => new Property(method, setter, deleter),
    setter: (method) => new Property(getter, method, deleter),
    deleter: (method) => new Property(getter, setter, method),
  }
  if (name === 'fget') return getter
  return Object.hasOwn(make, name)
    ? new NativeFunction(name, ([method]) => make[name](method))
    : undefined
}

/** `target.name = value`. */
export function setAttribute(rt: Runtime, target: Value, name: string, value: Value): void {
  const own = ownSpecial(target, '__setattr__')
  if (own) own(name, value)
  else setDefault(rt, target, name, value)
}

/** As `object.__setattr__` does it. */
export function setDefault(rt: Runtime, target: Value, name: string, value: Value): void {
  if (target instanceof Instance) setOnInstance(rt, target, name, value)
  else if (target instanceof PyClass) {
    if (target.foreign || (rt.hasType(target.name) && rt.type(target.name) === target))
      throw raise('TypeError', `cannot set '${name}' attribute of immutable type '${target.name}'`)
    target.members.set(name, value)
  } else if (target instanceof PyFunction || target instanceof NativeFunction)
    target.attributes.set(name, value)
  else if (target instanceof Module) target.members.set(name, value)
  else if (!isForeign(target) || !rt.host.setAttribute?.(target, name, value))
    throw missing(rt, target, name)
}

function setOnInstance(rt: Runtime, target: Instance, name: string, value: Value): void {
  const member = target.type.lookup(name)
  if (member instanceof Property) {
    if (member.setter === null)
      throw raise(
        'AttributeError',
        `property '${name}' of '${target.type.name}' object has no setter`,
      )
    call(rt, member.setter, [target, value])
    return
  }
  const set = member === undefined ? undefined : ownSpecial(member, '__set__')
  if (set) {
    set(target, value)
    return
  }
  const { native } = target
  const isKept =
    native !== undefined &&
    isForeign(native) &&
    (rt.host.setAttribute?.(native, name, value, target) ?? false)
  if (isKept) target.attributes.delete(name)
  else target.attributes.set(name, value)
}

/** `del target.name`. */
export function deleteAttribute(rt: Runtime, target: Value, name: string): void {
  const own = ownSpecial(target, '__delattr__')
  if (own) own(name)
  else deleteDefault(rt, target, name)
}

/** As `object.__delattr__` does it. */
export function deleteDefault(rt: Runtime, target: Value, name: string): void {
  if (!deleteKnown(rt, target, name)) throw missing(rt, target, name)
}

function deleteKnown(rt: Runtime, target: Value, name: string): boolean {
  if (target instanceof Instance) {
    const member = target.type.lookup(name)
    if (member instanceof Property && member.deleter !== null) {
      call(rt, member.deleter, [target])
      return true
    }
    if (target.attributes.delete(name) !== undefined) return true
    return target.native !== undefined && deleteKnown(rt, target.native, name)
  }
  if (target instanceof PyClass || target instanceof Module) return target.members.delete(name)
  if (target instanceof PyFunction) return target.attributes.delete(name)
  return isForeign(target) && (rt.host.deleteAttribute?.(target, name) ?? false)
}
