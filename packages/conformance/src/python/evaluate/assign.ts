/** Targets of assignments. */
import { deleteAttribute, getAttribute, setAttribute } from '../runtime/attributes.ts'
import { deleteItem, getItem, setItem } from '../runtime/items.ts'
import { iterate } from '../runtime/iterate.ts'
import { inplace } from '../runtime/operators.ts'
import { typeName } from '../runtime/types.ts'
import type { AugmentedAssign, Expression } from '../syntax/ast.ts'
import { PyError, raise } from '../values/errors.ts'
import type { Value } from '../values/value.ts'
import { evaluate } from './expressions.ts'
import type { Scope } from './scope.ts'

/** `target = value`. */
export function assign(target: Expression, value: Value, scope: Scope): void {
  switch (target.kind) {
    case 'Name':
      scope.write(target.id, value)
      return
    case 'Attribute':
      setAttribute(scope.rt, evaluate(target.object, scope), target.name, value)
      return
    case 'Subscript': {
      const object = evaluate(target.object, scope)
      setItem(scope.rt, object, evaluate(target.index, scope), value)
      return
    }
    case 'Tuple':
    case 'List':
      unpack(target.elements, value, scope)
      return
    default:
      throw raise('SyntaxError', 'cannot assign to expression')
  }
}

function unpack(targets: readonly Expression[], value: Value, scope: Scope): void {
  const values = unpacked(targets, value, scope)
  for (const [i, target] of targets.entries())
    assign(target.kind === 'Starred' ? target.value : target, values[i], scope)
}

/** As many values as there are targets; a starred one gets a list. */
function unpacked(targets: readonly Expression[], value: Value, { rt }: Scope): Value[] {
  const star = targets.findIndex((target) => target.kind === 'Starred')
  const expected = star < 0 ? targets.length : targets.length - 1
  const values: Value[] = []
  const iterator = start(value, rt)
  // An infinite iterator is no reason not to say that there are too many.
  for (let step = iterator.next(); !step.done; step = iterator.next()) {
    values.push(step.value)
    if (star < 0 && values.length > expected)
      throw raise('ValueError', `too many values to unpack (expected ${expected})`)
  }
  if (values.length < expected)
    throw raise(
      'ValueError',
      `not enough values to unpack (expected ${star < 0 ? '' : 'at least '}${expected}, got ${values.length})`,
    )
  if (star < 0) return values
  const rest = values.splice(star, values.length - expected)
  values.splice(star, 0, rest)
  return values
}

function start(value: Value, rt: Scope['rt']): Iterator<Value> {
  try {
    return iterate(rt, value)
  } catch (error) {
    if (error instanceof PyError && error.type === 'TypeError')
      throw raise('TypeError', `cannot unpack non-iterable ${typeName(rt, value)} object`)
    throw error
  }
}

/** `target op= value`: what the target consists of is evaluated once. */
export function augment({ target, op }: AugmentedAssign, value: () => Value, scope: Scope): void {
  const { rt } = scope
  switch (target.kind) {
    case 'Name':
      scope.write(target.id, inplace(rt, op, scope.read(target.id), value()))
      return
    case 'Attribute': {
      const object = evaluate(target.object, scope)
      const current = getAttribute(rt, object, target.name)
      setAttribute(rt, object, target.name, inplace(rt, op, current, value()))
      return
    }
    case 'Subscript': {
      const object = evaluate(target.object, scope)
      const index = evaluate(target.index, scope)
      const current = getItem(rt, object, index)
      setItem(rt, object, index, inplace(rt, op, current, value()))
      return
    }
    default:
      throw raise('SyntaxError', 'illegal expression for augmented assignment')
  }
}

/** `del target`. */
export function remove(target: Expression, scope: Scope): void {
  switch (target.kind) {
    case 'Name':
      scope.delete(target.id)
      return
    case 'Attribute':
      deleteAttribute(scope.rt, evaluate(target.object, scope), target.name)
      return
    case 'Subscript':
      deleteItem(scope.rt, evaluate(target.object, scope), evaluate(target.index, scope))
      return
    case 'Tuple':
    case 'List':
      for (const element of target.elements) remove(element, scope)
      return
    default:
      throw raise('SyntaxError', 'cannot delete expression')
  }
}
