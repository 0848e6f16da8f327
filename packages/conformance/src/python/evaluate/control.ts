/** `raise`, `try`, `with`. */
import { findAttribute } from '../runtime/attributes.ts'
import { call } from '../runtime/call.ts'
import { truth } from '../runtime/convert.ts'
import { caught, exceptionInstance, exceptionType, toThrow } from '../runtime/errors.ts'
import { special, typeName } from '../runtime/types.ts'
import type { Handler, Raise, Try, With, WithItem } from '../syntax/ast.ts'
import { PyClass } from '../values/classes.ts'
import { PyError, raise } from '../values/errors.ts'
import { PyObject, Tuple, type Value } from '../values/value.ts'
import { assign } from './assign.ts'
import { evaluate } from './expressions.ts'
import type { Run } from './generator.ts'
import type { Scope } from './scope.ts'
import { type Completion, executeBlock } from './statements.ts'

export function executeRaise({ exception, cause }: Raise, scope: Scope): never {
  if (!exception) {
    const current = scope.body.handling.at(-1)
    throw current ?? raise('RuntimeError', 'No active exception to reraise')
  }
  const error = toThrow(scope.rt, evaluate(exception, scope))
  if (cause) {
    const reason = evaluate(cause, scope)
    const value = reason instanceof PyClass ? reason.call([]) : reason
    exceptionInstance(scope.rt, error).attributes.set('__cause__', value)
  }
  throw error
}

export function* executeTry({ body, handlers, otherwise, finalizer }: Try, scope: Scope): Run {
  let completion: Completion
  let failed = false
  try {
    try {
      completion = yield* executeBlock(body, scope)
    } catch (error) {
      failed = true
      const exception = caught(scope.rt, error)
      const handler = exception && handlers.find((h) => handles(h, exception, scope))
      if (!exception || !handler) throw error
      completion = yield* handle(handler, exception, scope)
    }
    if (!failed && completion === undefined) completion = yield* executeBlock(otherwise, scope)
  } finally {
    // A `return`, `break` or `continue` of the finalizer takes the place of whatever was under way.
    const last = yield* executeBlock(finalizer, scope)
    // biome-ignore lint/correctness/noUnsafeFinally: that is what Python does
    if (last !== undefined) return last
  }
  return completion
}

function handles({ type }: Handler, exception: PyError, scope: Scope): boolean {
  if (!type) return true
  const wanted = evaluate(type, scope)
  const classes = wanted instanceof Tuple ? wanted.items : [wanted]
  return classes.some((candidate) => {
    if (!(candidate instanceof PyClass))
      throw raise(
        'TypeError',
        'catching classes that do not inherit from BaseException is not allowed',
      )
    return exceptionType(scope.rt, exception).isSubclassOf(candidate)
  })
}

function* handle({ name, body }: Handler, exception: PyError, scope: Scope): Run {
  if (name) scope.write(name, exceptionInstance(scope.rt, exception))
  const { handling } = scope.body
  handling.push(exception)
  try {
    return yield* executeBlock(body, scope)
  } catch (error) {
    if (error instanceof PyError && error !== exception) chain(scope, error, exception)
    throw error
  } finally {
    handling.pop()
    // The name ends with the handler, unless the handler ended it.
    if (name) scope.forget(name)
  }
}

/** What is raised while an exception is handled remembers it. */
function chain({ rt }: Scope, error: PyError, context: PyError): void {
  const { attributes } = exceptionInstance(rt, error)
  if (!attributes.has('__context__')) attributes.set('__context__', exceptionInstance(rt, context))
}

export function* executeWith({ items, body }: With, scope: Scope): Run {
  const [item, ...rest] = items
  if (!item) return yield* executeBlock(body, scope)
  const exit = enter(item, scope)
  let left = false
  try {
    return yield* executeWith({ kind: 'With', items: rest, body, line: 0 }, scope)
  } catch (error) {
    left = true
    const exception = caught(scope.rt, error)
    if (!exception) {
      exit([null, null, null])
      throw error
    }
    const instance = exceptionInstance(scope.rt, exception)
    // Answering true, the manager has dealt with the exception.
    if (!truth(scope.rt, exit([instance.type, instance, null]))) throw error
    return undefined
  } finally {
    if (!left) exit([null, null, null])
  }
}

/** Enters a context manager; returns what leaves it. */
function enter({ manager, target }: WithItem, scope: Scope): (args: Value[]) => Value {
  const { rt } = scope
  const value = evaluate(manager, scope)
  const builtin = (name: string) => {
    const found = value instanceof PyObject ? findAttribute(rt, value, name) : undefined
    return found === undefined ? undefined : (...args: Value[]) => call(rt, found, args)
  }
  const method = (name: string): ((args: Value[]) => Value) => {
    const found = special(rt, value, name) ?? builtin(name)
    if (!found)
      throw raise(
        'TypeError',
        `'${typeName(rt, value)}' object does not support the context manager protocol`,
      )
    return (args) => found(...args)
  }
  const exit = method('__exit__')
  const entered = method('__enter__')([])
  if (target) assign(target, entered, scope)
  return exit
}
