import { Instance } from '../values/classes.ts'
import { raise } from '../values/errors.ts'
import { Callable, isForeign, type Kwargs, NO_KWARGS, type Value } from '../values/value.ts'
import type { Runtime } from './runtime.ts'
import { binds, typeName } from './types.ts'

/** `callee(*args, **kwargs)`. */
export function call(rt: Runtime, callee: Value, args: Value[], kwargs: Kwargs = NO_KWARGS): Value {
  if (callee instanceof Callable) return callee.call(args, kwargs)
  if (callee instanceof Instance) {
    const method = callee.type.lookup('__call__')
    if (method instanceof Callable)
      return method.call(binds(method) ? [callee, ...args] : args, kwargs)
    if (callee.native !== undefined) return call(rt, callee.native, args, kwargs)
  }
  const result = isForeign(callee) ? rt.host.call?.(callee, args, kwargs) : undefined
  if (result === undefined)
    throw raise('TypeError', `'${typeName(rt, callee)}' object is not callable`)
  return result
}

/** Can a value be called? */
export function isCallable(rt: Runtime, value: Value): boolean {
  if (value instanceof Callable) return true
  if (value instanceof Instance)
    return (
      value.type.lookup('__call__') !== undefined ||
      (value.native !== undefined && isCallable(rt, value.native))
    )
  return isForeign(value) && rt.host.getAttribute?.(value, '__call__') !== undefined
}
