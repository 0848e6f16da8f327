/** Classes that a program derives from the library's: two sides of one object. */
import { camelCase } from '@sconce/core'
import type { Instance, PyClass } from '../values/classes.ts'
import { NativeFunction, PyFunction } from '../values/functions.ts'
import type { Foreign, Kwargs, Value } from '../values/value.ts'
import type { Binding } from './binding.ts'
import { linkInstance, PLAIN, plainArguments, toFunction, toHost } from './convert.ts'
import { callPlain } from './objects.ts'

/** Methods by which the library calls an object, which are not a program's to override. */
const RESERVED: ReadonlySet<string> = new Set(['call', 'constructor'])

/** What a program overrides is called on its instance, whoever calls it. */
function override(binding: Binding, object: object, instance: Instance): void {
  const own = instance.type.mro.slice(
    0,
    instance.type.mro.findIndex((type) => type.foreign),
  )
  for (const name of new Set(own.flatMap((type) => [...type.members.keys()]))) {
    const key = camelCase(name)
    if (name.startsWith('__') || RESERVED.has(key)) continue
    if (!(instance.type.lookup(name) instanceof PyFunction)) continue
    const method = binding.interpreter.getAttribute(instance, name)
    const run = new NativeFunction(name, (args, kwargs) =>
      binding.interpreter.call(method, args, kwargs),
    )
    // Not enumerable: what can be seen of a module are its parts.
    Object.defineProperty(object, key, {
      value: toFunction(binding, run),
      configurable: true,
      writable: true,
    })
  }
}

/** Makes an object of one of the library's classes. */
export function construct(
  binding: Binding,
  type: Foreign,
  args: Value[],
  kwargs: Kwargs,
  instance?: Instance,
): Foreign | undefined {
  if (typeof type !== 'function') return undefined
  const made: unknown = Reflect.construct(type, plainArguments(binding, args, kwargs))
  if (typeof made !== 'object' || made === null) return undefined
  if (instance) {
    linkInstance(made, instance)
    override(binding, made, instance)
  }
  return made as Foreign
}

/** `Base.method` and `super().method`: what the program has not overridden. */
export function inherited(
  binding: Binding,
  type: Foreign,
  name: string,
  receiver: PyClass,
  instance?: Instance,
): Value | undefined {
  const prototype: unknown = Reflect.get(type, 'prototype')
  if (typeof prototype !== 'object' || prototype === null) return undefined
  const member: unknown = Reflect.get(prototype, camelCase(name), instance?.native ?? prototype)
  if (typeof member !== 'function' || name.startsWith('__')) return undefined
  const method = member as (...args: never[]) => unknown
  if (instance) return callPlain(binding, name, method, instance.native)
  return new NativeFunction(
    `${receiver.name}.${name}`,
    ([self, ...args], kwargs) =>
      callPlain(binding, name, method, toHost(binding, self, PLAIN)).call(args, kwargs),
    true,
  )
}
