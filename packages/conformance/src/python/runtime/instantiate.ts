/** From a class to its instances. */
import { Instance, type PyClass } from '../values/classes.ts'
import { raise } from '../values/errors.ts'
import { NativeFunction } from '../values/functions.ts'
import { Callable, type Kwargs, NO_KWARGS, Tuple, type Value } from '../values/value.ts'
import { foreignOf, type Runtime } from './runtime.ts'
import { binds, typeName } from './types.ts'

/** The nearest ancestor that makes values of its own: a class of the host, or a builtin type. */
const nativeBase = (rt: Runtime, type: PyClass): PyClass | undefined =>
  type.mro.find((base) => base.foreign || (base.create && base !== rt.type('object')))

/** `type(*args, **kwargs)`. */
export function instantiate(rt: Runtime, type: PyClass, args: Value[], kwargs: Kwargs): Value {
  if (type.create) return type.create(args, kwargs)
  if (type.foreign) return constructForeign(rt, type, args, kwargs)
  const make = type.lookup('__new__')
  if (make instanceof Callable) {
    const made = make.call([type, ...args], kwargs)
    if (made instanceof Instance && made.type.isSubclassOf(type)) initialize(rt, made, args, kwargs)
    return made
  }
  const instance = new Instance(type)
  if (type.isSubclassOf(rt.type('BaseException'))) instance.attributes.set('args', new Tuple(args))
  initialize(rt, instance, args, kwargs)
  return instance
}

function constructForeign(
  rt: Runtime,
  type: PyClass,
  args: Value[],
  kwargs: Kwargs,
  instance?: Instance,
): object {
  const foreign = foreignOf(type)
  const made = foreign && rt.host.construct?.(foreign, args, kwargs, instance)
  if (made === undefined) throw raise('TypeError', `cannot create '${type.name}' instances`)
  return made
}

function initialize(rt: Runtime, instance: Instance, args: Value[], kwargs: Kwargs): void {
  const { type } = instance
  const init = type.lookup('__init__')
  const base = nativeBase(rt, type)
  if (init instanceof Callable) {
    const result = init.call(binds(init) ? [instance, ...args] : args, kwargs)
    if (result !== null)
      throw raise('TypeError', `__init__() should return None, not '${typeName(rt, result)}'`)
    // An `__init__` that does not call the inherited one leaves a container empty.
    if (base?.create && instance.native === undefined) instance.native = base.create([], NO_KWARGS)
  } else if (base) setNative(rt, instance, base, args, kwargs)
  else if (args.length > 0 || kwargs.size > 0)
    throw raise('TypeError', `${type.name}() takes no arguments`)
}

function setNative(
  rt: Runtime,
  instance: Instance,
  base: PyClass,
  args: Value[],
  kwargs: Kwargs,
): void {
  instance.native = base.create
    ? base.create(args, kwargs)
    : constructForeign(rt, base, args, kwargs, instance)
}

/** `Base.__init__` of a class of the host or a builtin type: makes the other side of an instance. */
export function initInherited(rt: Runtime, base: PyClass): NativeFunction {
  return new NativeFunction(
    '__init__',
    ([self, ...args], kwargs) => {
      if (!(self instanceof Instance))
        throw raise('TypeError', `descriptor '__init__' requires a '${base.name}' object`)
      setNative(rt, self, base, args, kwargs)
      return null
    },
    true,
  )
}
