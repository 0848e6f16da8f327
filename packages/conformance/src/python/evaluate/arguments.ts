/** Arguments of calls. */
import { call } from '../runtime/call.ts'
import { iterate, toList } from '../runtime/iterate.ts'
import { typeName, underlying } from '../runtime/types.ts'
import type { Argument, Call } from '../syntax/ast.ts'
import { Instance, PyClass, Super } from '../values/classes.ts'
import { Dict } from '../values/dict.ts'
import { PyError, raise } from '../values/errors.ts'
import { Callable, type Kwargs, NO_KWARGS, type Value } from '../values/value.ts'
import { evaluate } from './expressions.ts'
import type { Scope } from './scope.ts'

export interface Arguments {
  args: Value[]
  kwargs: Kwargs
}

const calleeName = (callee: Value): string =>
  callee instanceof Callable ? `${callee.name}()` : 'function'

/** Evaluates what stands between the parentheses. */
export function evaluateArguments(
  list: readonly Argument[],
  scope: Scope,
  callee: Value,
): Arguments {
  const args: Value[] = []
  let kwargs: Map<string, Value> | undefined
  const name = (key: string, value: Value): void => {
    kwargs ??= new Map()
    if (kwargs.has(key))
      throw raise(
        'TypeError',
        `${calleeName(callee)} got multiple values for keyword argument '${key}'`,
      )
    kwargs.set(key, value)
  }
  for (const { spread, name: key, value } of list) {
    const given = evaluate(value, scope)
    if (spread === '*') args.push(...spreadValues(scope, given, callee))
    else if (spread === '**')
      for (const [k, v] of mapping(scope, given, callee)) name(keyword(k), v)
    else if (key === undefined) args.push(given)
    else name(key, given)
  }
  return { args, kwargs: kwargs ?? NO_KWARGS }
}

function keyword(key: Value): string {
  if (typeof key !== 'string') throw raise('TypeError', 'keywords must be strings')
  return key
}

function spreadValues({ rt }: Scope, value: Value, callee: Value): Value[] {
  try {
    iterate(rt, value)
  } catch (error) {
    if (!(error instanceof PyError)) throw error
    throw raise(
      'TypeError',
      `${calleeName(callee)} argument after * must be an iterable, not ${typeName(rt, value)}`,
    )
  }
  return toList(rt, value)
}

function mapping({ rt }: Scope, value: Value, callee: Value): Iterable<[Value, Value]> {
  const dict = underlying(value)
  if (dict instanceof Dict) return dict.entries()
  throw raise(
    'TypeError',
    `${calleeName(callee)} argument after ** must be a mapping, not ${typeName(rt, value)}`,
  )
}

/** `callee(args)`. */
export function evaluateCall(node: Call, scope: Scope): Value {
  const callee = evaluate(node.callee, scope)
  if (callee === scope.rt.builtins.get('super') && node.args.length === 0)
    return implicitSuper(scope)
  const { args, kwargs } = evaluateArguments(node.args, scope, callee)
  return call(scope.rt, callee, args, kwargs)
}

/** `super()`: the class that the method stands in, and the method's first argument. */
function implicitSuper(scope: Scope): Super {
  const { receiver } = scope.body
  let around: Scope | undefined = scope.body
  while (around && around.kind !== 'class') around = around.parent
  if (receiver === undefined || !around) throw raise('RuntimeError', 'super(): no arguments')
  if (!around.definedClass) throw raise('RuntimeError', 'super(): empty __class__ cell')
  return makeSuper(around.definedClass, receiver)
}

/** `super(type, receiver)`. */
export function makeSuper(type: PyClass, receiver: Value): Super {
  if (receiver instanceof Instance && receiver.type.isSubclassOf(type))
    return new Super(type, receiver)
  if (receiver instanceof PyClass && receiver.isSubclassOf(type)) return new Super(type, receiver)
  throw raise('TypeError', 'super(type, obj): obj must be an instance or subtype of type')
}
