/**
 * Statements. They run as generators of JavaScript, so that a function of Python can stop at a `yield`
 * anywhere in its body; what is no generator in Python simply never stops.
 */
import { truth } from '../runtime/convert.ts'
import { caught } from '../runtime/errors.ts'
import { iterate } from '../runtime/iterate.ts'
import type { Expression, For, Statement, While, Yield, YieldFrom } from '../syntax/ast.ts'
import { raise } from '../values/errors.ts'
import type { Value } from '../values/value.ts'
import { assign, augment, remove } from './assign.ts'
import { defineClass } from './classes.ts'
import { executeRaise, executeTry, executeWith } from './control.ts'
import { decorate } from './decorators.ts'
import { evaluate } from './expressions.ts'
import { makeFunction } from './functions.ts'
import { PyGenerator, type Run } from './generator.ts'
import { importFrom, importModules } from './imports.ts'
import type { Scope } from './scope.ts'

/** `return value`, on its way out of the statements around it. */
export class ReturnValue {
  constructor(readonly value: Value) {}
}

/** How a statement ended; undefined: the next one follows. */
export type Completion = undefined | 'break' | 'continue' | ReturnValue

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>
/** Statements that may hold a `yield`; the others run through. */
type Stopping =
  | 'Expression'
  | 'Assign'
  | 'AugmentedAssign'
  | 'AnnotatedAssign'
  | 'Return'
  | 'If'
  | 'While'
  | 'For'
  | 'With'
  | 'Try'
type Plain = Exclude<Statement['kind'], Stopping>

const STOPPING: { [K in Stopping]: (node: Of<K>, scope: Scope) => Run } = {
  *Expression({ value }, scope) {
    yield* result(value, scope)
    return undefined
  },
  *Assign({ targets, value }, scope) {
    const given = yield* result(value, scope)
    for (const target of targets) assign(target, given, scope)
    return undefined
  },
  *AugmentedAssign(node, scope) {
    const { value } = node
    if (!isYield(value)) augment(node, () => evaluate(value, scope), scope)
    else {
      const given = yield* result(value, scope)
      augment(node, () => given, scope)
    }
    return undefined
  },
  *AnnotatedAssign({ target, value }, scope) {
    if (value) assign(target, yield* result(value, scope), scope)
    return undefined
  },
  *Return({ value }, scope) {
    return new ReturnValue(value ? yield* result(value, scope) : null)
  },
  *If({ test, body, otherwise }, scope) {
    return yield* executeBlock(truth(scope.rt, evaluate(test, scope)) ? body : otherwise, scope)
  },
  While: executeWhile,
  For: executeFor,
  With: executeWith,
  Try: executeTry,
}

/** What the names of these say held before the body ran. */
const nothing = (): undefined => undefined

const PLAIN: { [K in Plain]: (node: Of<K>, scope: Scope) => Completion } = {
  Pass: nothing,
  Global: nothing,
  Nonlocal: nothing,
  Break: () => 'break',
  Continue: () => 'continue',
  Raise: executeRaise,
  Delete({ targets }, scope) {
    for (const target of targets) remove(target, scope)
    return undefined
  },
  Assert({ test, message }, scope) {
    if (truth(scope.rt, evaluate(test, scope))) return undefined
    throw message ? raise('AssertionError', evaluate(message, scope)) : raise('AssertionError')
  },
  Import({ names }, scope) {
    importModules(names, scope)
    return undefined
  },
  ImportFrom(node, scope) {
    importFrom(node, scope)
    return undefined
  },
  Function({ code, decorators }, scope) {
    scope.write(
      code.name,
      decorate(decorators, () => makeFunction(code, scope), scope),
    )
    return undefined
  },
  Class(node, scope) {
    scope.write(
      node.name,
      decorate(node.decorators, () => defineClass(node, scope), scope),
    )
    return undefined
  },
}

const isStopping = (kind: Statement['kind']): kind is Stopping => Object.hasOwn(STOPPING, kind)

function* execute(node: Statement, scope: Scope): Run {
  const { kind } = node
  // The tables are indexed by the node's own kind, which the compiler can't follow.
  if (isStopping(kind))
    return yield* (STOPPING[kind] as (node: Statement, scope: Scope) => Run)(node, scope)
  return (PLAIN[kind] as (node: Statement, scope: Scope) => Completion)(node, scope)
}

/** Runs statements until one ends the block. */
export function* executeBlock(body: readonly Statement[], scope: Scope): Run {
  for (const statement of body) {
    try {
      const completion = yield* execute(statement, scope)
      if (completion !== undefined) return completion
    } catch (error) {
      // Where the stack is full there is no room to look at what happened.
      const exception = error instanceof RangeError ? undefined : caught(scope.rt, error)
      if (!exception) throw error
      exception.line ??= statement.line
      throw exception
    }
  }
  return undefined
}

const isYield = (node: Expression): node is Yield | YieldFrom =>
  node.kind === 'Yield' || node.kind === 'YieldFrom'

/** The value of an expression that may be a `yield`. */
function* result(node: Expression, scope: Scope): Generator<Value, Value, Value> {
  if (!isYield(node)) return evaluate(node, scope)
  if (node.kind === 'Yield') return yield node.value ? evaluate(node.value, scope) : null
  const source = evaluate(node.value, scope)
  if (!(source instanceof PyGenerator)) {
    yield* { [Symbol.iterator]: () => iterate(scope.rt, source) }
    return null
  }
  for (let value = source.next(); value !== undefined; ) value = source.send(yield value)
  return source.returned
}

/** `break` ends a loop for good, and `return` the function; else its `else` follows. */
function* executeWhile({ test, body, otherwise }: While, scope: Scope): Run {
  while (truth(scope.rt, evaluate(test, scope))) {
    const completion = yield* executeBlock(body, scope)
    if (completion === 'break') return undefined
    if (completion instanceof ReturnValue) return completion
  }
  return yield* executeBlock(otherwise, scope)
}

function* executeFor({ target, iterable, body, otherwise }: For, scope: Scope): Run {
  const iterator = iterate(scope.rt, evaluate(iterable, scope))
  for (let step = iterator.next(); !step.done; step = iterator.next()) {
    assign(target, step.value, scope)
    const completion = yield* executeBlock(body, scope)
    if (completion === 'break') return undefined
    if (completion instanceof ReturnValue) return completion
  }
  return yield* executeBlock(otherwise, scope)
}
