import { functions } from '../builtins/methods.ts'
import { PyGenerator } from '../evaluate/generator.ts'
import { call } from '../runtime/call.ts'
import { caught, exceptionInstance, toThrow } from '../runtime/errors.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { isInstanceOf, typeName } from '../runtime/types.ts'
import { PyClass } from '../values/classes.ts'
import { PyError, raise } from '../values/errors.ts'
import { NativeFunction, wrapFunction } from '../values/functions.ts'
import { Callable, type Kwargs, Module, type Value } from '../values/value.ts'

/** What `with` enters and leaves; as a decorator it does so around each call. */
class ContextManager extends Callable {
  readonly typeName = '_GeneratorContextManager'
  readonly name = 'context manager'
  constructor(
    private readonly rt: Runtime,
    readonly enter: () => Value,
    /** Called with the exception that left the block, if one did; true if it ends here. */
    readonly exit: (exception: Value) => boolean,
  ) {
    super()
  }
  call([fn]: Value[], _: Kwargs): Value {
    if (!(fn instanceof Callable))
      throw raise('TypeError', `'${typeName(this.rt, fn)}' object is not callable`)
    return wrapFunction(fn, (run) => {
      this.enter()
      let result: Value
      try {
        result = run()
      } catch (error) {
        const exception = caught(this.rt, error)
        if (exception && this.exit(exceptionInstance(this.rt, exception))) return null
        throw error
      }
      this.exit(null)
      return result
    })
  }
}

const isManager = (value: Value): value is ContextManager => value instanceof ContextManager

/** Runs a generator up to its `yield`, and on from there when the block ends. */
function fromGenerator(rt: Runtime, make: () => Value): ContextManager {
  let generator: PyGenerator | undefined
  return new ContextManager(
    rt,
    () => {
      const made = make()
      if (!(made instanceof PyGenerator))
        throw raise('TypeError', `'${typeName(rt, made)}' object is not an iterator`)
      generator = made
      const value = generator.next()
      if (value === undefined) throw raise('RuntimeError', "generator didn't yield")
      return value
    },
    (exception) => {
      if (!generator) return false
      if (exception === null) {
        if (generator.next() !== undefined) throw raise('RuntimeError', "generator didn't stop")
        return false
      }
      const thrown = toThrow(rt, exception)
      try {
        if (generator.throw(thrown) !== undefined)
          throw raise('RuntimeError', "generator didn't stop after throw()")
        return true
      } catch (error) {
        if (error instanceof PyError && error.instance === exception) return false
        throw error
      }
    },
  )
}

export function contextlibModule(rt: Runtime): Module {
  const type = rt.type('_GeneratorContextManager')
  const [enter, exit] = functions({
    '__enter__ self': ([self]) => (isManager(self) ? self.enter() : null),
    '__exit__ self type value traceback': ([self, , value]) => isManager(self) && self.exit(value),
  })
  for (const fn of [enter, exit])
    type.members.set(fn.name, new NativeFunction(fn.name, (args) => fn.call(args), true))
  const table = functions({
    'contextmanager function': ([fn]) =>
      new NativeFunction(
        'contextmanager',
        (args, kwargs) => fromGenerator(rt, () => call(rt, fn, args, kwargs)),
        true,
      ),
    'nullcontext enter_result=': ([value = null]) =>
      new ContextManager(
        rt,
        () => value,
        () => false,
      ),
    'suppress *args': (types) =>
      new ContextManager(
        rt,
        () => null,
        (exception) =>
          exception !== null &&
          types.some((t) => t instanceof PyClass && isInstanceOf(rt, exception, t)),
      ),
  })
  return new Module(
    'contextlib',
    table.map((fn) => [fn.name, fn]),
  )
}
