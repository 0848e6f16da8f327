/** Between exceptions on their way through JavaScript and as Python values. */
import { Instance, PyClass } from '../values/classes.ts'
import { PyError, raise } from '../values/errors.ts'
import { Tuple, type Value } from '../values/value.ts'
import type { Runtime } from './runtime.ts'

/** The class of an exception. */
export const exceptionType = (rt: Runtime, error: PyError): PyClass =>
  typeof error.type === 'string' ? rt.type(error.type) : error.type

/** Is it an exception of this builtin class? */
export function isException(rt: Runtime, error: unknown, type: string): boolean {
  const exception = caught(rt, error)
  return exception !== undefined && exceptionType(rt, exception).isSubclassOf(rt.type(type))
}

/** The exception as a value; always the same for the same. */
export function exceptionInstance(rt: Runtime, error: PyError): Instance {
  if (!error.instance) {
    error.instance = new Instance(exceptionType(rt, error))
    error.instance.attributes.set('args', new Tuple([...error.args]))
  }
  return error.instance
}

export const exceptionArgs = (instance: Instance): readonly Value[] => {
  const args = instance.attributes.get('args')
  return args instanceof Tuple ? args.items : []
}

/** What `raise value` throws: an instance, or a class that one is made of. */
export function toThrow(rt: Runtime, value: Value): PyError {
  const instance = value instanceof PyClass ? value.call([]) : value
  if (!(instance instanceof Instance) || !instance.type.isSubclassOf(rt.type('BaseException')))
    return raise('TypeError', 'exceptions must derive from BaseException')
  return new PyError(instance.type, exceptionArgs(instance), instance)
}

/** The Python exception that an error of JavaScript is, if it is one. */
export function caught(rt: Runtime, error: unknown): PyError | undefined {
  if (error instanceof PyError) return error
  if (error instanceof RangeError && /call stack/.test(error.message))
    return raise('RecursionError', 'maximum recursion depth exceeded')
  const found = rt.host.exception?.(error)
  return found && rt.hasType(found.type) ? raise(found.type, found.message) : undefined
}
