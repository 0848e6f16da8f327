/**
 * Objects of the library of which the binding knows nothing but their classes: handles, generators,
 * modules, optimizers. Their members are PyTorch's, in camelCase.
 */
import { camelCase } from '@sconce/core'
import { Instance, type PyClass } from '../values/classes.ts'
import { NativeFunction } from '../values/functions.ts'
import { type Foreign, isForeign, Slice, type Value } from '../values/value.ts'
import type { Adapter, Binding } from './binding.ts'
import { PLAIN, plainArguments, toHost, toPython } from './convert.ts'

type Constructor = abstract new (...args: never[]) => object

const isConstructor = (value: unknown): value is Constructor =>
  typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null

/** Whether a function is a class: to be made known as one, not to be called. */
export const isClass = (value: unknown): value is Constructor =>
  typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))

/** The class of the program that stands for one of the library's, with its ancestors. */
export function classOf(binding: Binding, constructor: unknown): PyClass {
  const { interpreter } = binding
  if (!isConstructor(constructor) || constructor === Object) return interpreter.type('object')
  const parent: unknown = Object.getPrototypeOf(constructor)
  const base =
    isConstructor(parent) && parent !== Function.prototype ? classOf(binding, parent) : undefined
  return interpreter.foreignClass(constructor, constructor.name, base, 'torch')
}

/** The name that a member has in the library: as written, or in camelCase. */
const keyOf = (object: object, name: string): string => (name in object ? name : camelCase(name))

/** Calls a function of the library, which is no op, with the arguments of a program. */
export const callPlain = (
  binding: Binding,
  name: string,
  fn: (...args: never[]) => unknown,
  self: unknown,
): NativeFunction =>
  new NativeFunction(name, (args, kwargs) =>
    toPython(binding, Reflect.apply(fn, self, plainArguments(binding, args, kwargs))),
  )

type AnyFunction = (...args: never[]) => unknown
const isFunction = (value: unknown): value is AnyFunction => typeof value === 'function'

/** A member by its name in PyTorch. */
export function memberNamed(binding: Binding, object: object, name: string): Value | undefined {
  const key = keyOf(object, name)
  if (!(key in object) || key === 'constructor' || name.startsWith('__')) return undefined
  const member: unknown = Reflect.get(object, key)
  if (!isFunction(member)) return toPython(binding, member)
  return isClass(member) ? classOf(binding, member) : callPlain(binding, name, member, object)
}

/** The first of these methods that an object has. */
function methodOf(object: object, ...names: string[]): AnyFunction | undefined {
  for (const name of names) {
    const member: unknown = Reflect.get(object, name)
    if (isFunction(member)) return member.bind(object) as AnyFunction
  }
  return undefined
}

/** What an object is indexed by; a slice as JavaScript's `slice` takes it. */
function element(binding: Binding, object: object, index: Value): Value | undefined {
  if (index instanceof Slice) {
    const bounds = [index.start, index.stop].map((bound) =>
      bound === null ? undefined : Number(bound),
    )
    const slice = index.step === null ? methodOf(object, 'slice') : undefined
    return slice && toPython(binding, slice(...(bounds as never[])))
  }
  const get = methodOf(object, 'at', 'get')
  return get && toPython(binding, get(toHost(binding, index, PLAIN) as never))
}

/** Calls a method that has no result. */
function doneBy(method: AnyFunction | undefined, ...args: unknown[]): boolean {
  method?.(...(args as never[]))
  return method !== undefined
}

function sizeOf(object: object): number | undefined {
  const size: unknown =
    'length' in object ? object.length : 'size' in object ? object.size : undefined
  return typeof size === 'number' ? size : undefined
}

/**
 * Sets an attribute. What a program's own instance has and the library knows nothing of stays with the
 * instance.
 */
function setMember(
  binding: Binding,
  object: object,
  name: string,
  value: Value,
  instance?: Instance,
): boolean {
  const key = keyOf(object, name)
  const known = key in object
  const isLibrarys = isForeign(value) || (value instanceof Instance && value.native !== undefined)
  if (instance && !known && !isLibrarys) return false
  return Reflect.set(object, known ? key : name, toHost(binding, value, PLAIN))
}

const deleteMember = (object: object, name: string): boolean =>
  name in object && Reflect.deleteProperty(object, name)

export const objectAdapter = (binding: Binding): Adapter => ({
  owns: () => true,
  typeOf: (object) => classOf(binding, object.constructor),
  getAttribute(object, name) {
    if (name === '__call__') {
      const call = methodOf(object, 'call')
      return call && callPlain(binding, name, call, object)
    }
    return memberNamed(binding, object, name)
  },
  setAttribute: (object, name, value, instance) =>
    setMember(binding, object, name, value, instance),
  deleteAttribute: deleteMember,
  call(object, args, kwargs) {
    const call = methodOf(object, 'call')
    return call && toPython(binding, call(...(plainArguments(binding, args, kwargs) as never[])))
  },
  getItem: (object, index) => element(binding, object, index),
  setItem: (object, index, value) =>
    doneBy(methodOf(object, 'set'), ...[index, value].map((v) => toHost(binding, v, PLAIN))),
  deleteItem: (object, index) => doneBy(methodOf(object, 'delete'), toHost(binding, index, PLAIN)),
  iterate(object) {
    if (!(Symbol.iterator in object)) return undefined
    return mapped(object as Foreign & Iterable<unknown>, (item) => toPython(binding, item))
  },
  length: sizeOf,
  contains(object, value) {
    const has = methodOf(object, 'has')
    return has && has(toHost(binding, value, PLAIN) as never) === true
  },
  repr(object) {
    const text: unknown = Reflect.get(object, 'toString')
    return text === Object.prototype.toString ? undefined : String(object)
  },
})

function* mapped(source: Iterable<unknown>, to: (item: unknown) => Value): Generator<Value> {
  for (const item of source) yield to(item)
}
