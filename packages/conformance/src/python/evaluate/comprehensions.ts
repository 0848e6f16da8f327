import { truth } from '../runtime/convert.ts'
import { iterate } from '../runtime/iterate.ts'
import type { Clause, Comprehension } from '../syntax/ast.ts'
import { clauseNames } from '../syntax/names.ts'
import { Dict, PySet } from '../values/dict.ts'
import { PyIterator, type Value } from '../values/value.ts'
import { assign } from './assign.ts'
import { evaluate } from './expressions.ts'
import { Scope } from './scope.ts'

const NONE: ReadonlySet<string> = new Set()

/** A comprehension or a generator expression. */
export function evaluateComprehension(node: Comprehension, scope: Scope): Value {
  const { clauses, element } = node
  // The first iterable is evaluated at once, outside, also that of a generator expression.
  const first = iterate(scope.rt, evaluate(clauses[0].iterable, scope))
  const rules = { local: clauseNames(clauses), global: NONE, nonlocal: NONE }
  const inner = new Scope(scope.rt, 'comprehension', scope, rules, scope.path)
  switch (node.form) {
    case 'generator':
      return new PyIterator(elements(inner, node, first), 'generator')
    case 'list':
      return [...elements(inner, node, first)]
    case 'set':
      return new PySet(elements(inner, node, first))
    case 'dict': {
      const dict = new Dict()
      const { value = element } = node
      for (const _ of rounds(inner, clauses, first)) {
        const key = evaluate(element, inner)
        dict.set(key, evaluate(value, inner))
      }
      return dict
    }
  }
}

function* elements(
  scope: Scope,
  { clauses, element }: Comprehension,
  first: Iterator<Value>,
): Generator<Value> {
  for (const _ of rounds(scope, clauses, first)) yield evaluate(element, scope)
}

/** Runs through the clauses with their targets assigned; yields once for each element. */
function* rounds(
  scope: Scope,
  clauses: readonly Clause[],
  first?: Iterator<Value>,
): Generator<undefined> {
  const [{ target, iterable, conditions }, ...rest] = clauses
  const iterator = first ?? iterate(scope.rt, evaluate(iterable, scope))
  for (let step = iterator.next(); !step.done; step = iterator.next()) {
    assign(target, step.value, scope)
    if (!conditions.every((condition) => truth(scope.rt, evaluate(condition, scope)))) continue
    if (rest.length > 0) yield* rounds(scope, rest)
    else yield undefined
  }
}
