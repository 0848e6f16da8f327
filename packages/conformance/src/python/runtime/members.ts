/** Members of classes: how they bind to what they are asked of, and what every object inherits. */
import { Instance, MethodWrapper, Property, PyClass } from '../values/classes.ts'
import { raise } from '../values/errors.ts'
import { BoundMethod, NativeFunction } from '../values/functions.ts'
import { identity } from '../values/hash.ts'
import { NOT_IMPLEMENTED, type Value } from '../values/value.ts'
import { deleteDefault, getAttribute, setDefault } from './attributes.ts'
import { call } from './call.ts'
import { defaultRepr, repr } from './repr.ts'
import type { Runtime } from './runtime.ts'
import { binds, ownSpecial } from './types.ts'

/** What `receiver.name` gives where `member` is what its class has under the name. */
export function bindMember(rt: Runtime, member: Value, receiver: Value, type: PyClass): Value {
  if (binds(member)) return new BoundMethod(member, receiver)
  if (member instanceof MethodWrapper) return unwrap(rt, member, type)
  if (member instanceof Property) {
    if (member.getter === null) throw raise('AttributeError', 'unreadable attribute')
    return call(rt, member.getter, [receiver])
  }
  const get = ownSpecial(member, '__get__')
  return get ? get(receiver, type) : member
}

/** What `Class.name` gives. */
export function bindToClass(rt: Runtime, member: Value, type: PyClass): Value {
  if (member instanceof MethodWrapper) return unwrap(rt, member, type)
  const get = ownSpecial(member, '__get__')
  return get ? get(null, type) : member
}

function unwrap(rt: Runtime, { typeName, inner }: MethodWrapper, type: PyClass): Value {
  if (typeName === 'staticmethod') return inner
  if (binds(inner)) return new BoundMethod(inner, type)
  return new NativeFunction('classmethod', (args, kwargs) =>
    call(rt, inner, [type, ...args], kwargs),
  )
}

type ObjectMember = (rt: Runtime, self: Value, args: Value[]) => Value

const isObject = (value: Value): value is object => typeof value === 'object' && value !== null

const OBJECT: { [name: string]: ObjectMember } = {
  __init__: () => null,
  __init_subclass__: () => null,
  __new__: (_, type) => {
    if (type instanceof PyClass) return new Instance(type)
    throw raise('TypeError', 'object.__new__(X): X is not a type object')
  },
  __setattr__: (rt, self, [name, value]) => {
    setDefault(rt, self, String(name), value)
    return null
  },
  __delattr__: (rt, self, [name]) => {
    deleteDefault(rt, self, String(name))
    return null
  },
  __getattribute__: (rt, self, [name]) => getAttribute(rt, self, String(name)),
  __repr__: (rt, self) => (isObject(self) ? defaultRepr(rt, self) : repr(rt, self)),
  __str__: (rt, self) => repr(rt, self),
  __eq__: (_, self, [other]) => (self === other ? true : NOT_IMPLEMENTED),
  __ne__: (_, self, [other]) => (self === other ? false : NOT_IMPLEMENTED),
  __hash__: (_, self) => (isObject(self) ? BigInt(identity(self)) : 0n),
}

/** What every object inherits from `object`, as a function of `self`. */
export function objectMember(rt: Runtime, name: string): NativeFunction | undefined {
  if (!Object.hasOwn(OBJECT, name)) return undefined
  return new NativeFunction(name, ([self, ...args]) => OBJECT[name](rt, self, args), true)
}
