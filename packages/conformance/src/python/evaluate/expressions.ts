/** Expressions to values. */
import { getAttribute } from '../runtime/attributes.ts'
import { comparison } from '../runtime/compare.ts'
import { truth } from '../runtime/convert.ts'
import { getItem } from '../runtime/items.ts'
import { values } from '../runtime/iterate.ts'
import { binary, unary } from '../runtime/operators.ts'
import { format, repr, str } from '../runtime/repr.ts'
import { typeName, underlying } from '../runtime/types.ts'
import type {
  Compare,
  DictDisplay,
  Expression,
  JoinedString,
  ReplacementField,
} from '../syntax/ast.ts'
import { quote } from '../text/quote.ts'
import { Dict, PySet } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { Slice, Tuple, type Value } from '../values/value.ts'
import { evaluateCall } from './arguments.ts'
import { evaluateComprehension } from './comprehensions.ts'
import { makeFunction } from './functions.ts'
import type { Scope } from './scope.ts'

type Kind = Expression['kind']
type Rules = { [K in Kind]: (node: Extract<Expression, { kind: K }>, scope: Scope) => Value }

const RULES: Rules = {
  Constant: ({ value }) => value,
  Name: ({ id }, scope) => scope.read(id),
  JoinedString: joinedString,
  Tuple: ({ elements }, scope) => new Tuple(evaluateElements(elements, scope)),
  List: ({ elements }, scope) => evaluateElements(elements, scope),
  Set: ({ elements }, scope) => new PySet(evaluateElements(elements, scope)),
  Dict: dictDisplay,
  Starred: () => {
    throw raise('SyntaxError', "can't use starred expression here")
  },
  Unary: ({ op, operand }, scope) => unary(scope.rt, op, evaluate(operand, scope)),
  Not: ({ operand }, scope) => !truth(scope.rt, evaluate(operand, scope)),
  Binary: ({ op, left, right }, scope) =>
    binary(scope.rt, op, evaluate(left, scope), evaluate(right, scope)),
  Logical: ({ op, left, right }, scope) => {
    const value = evaluate(left, scope)
    return truth(scope.rt, value) === (op === 'and') ? evaluate(right, scope) : value
  },
  Compare: compareChain,
  Conditional: ({ test, then, otherwise }, scope) =>
    evaluate(truth(scope.rt, evaluate(test, scope)) ? then : otherwise, scope),
  Lambda: ({ code }, scope) => makeFunction(code, scope),
  Call: evaluateCall,
  Attribute: ({ object, name }, scope) => getAttribute(scope.rt, evaluate(object, scope), name),
  Subscript: ({ object, index }, scope) =>
    getItem(scope.rt, evaluate(object, scope), evaluate(index, scope)),
  Slice: ({ start, stop, step }, scope) =>
    new Slice(optional(start, scope), optional(stop, scope), optional(step, scope)),
  Comprehension: evaluateComprehension,
  Named: ({ target, value }, scope) => {
    const result = evaluate(value, scope)
    scope.write(target.id, result)
    return result
  },
  Yield: yieldInside,
  YieldFrom: yieldInside,
}

/** The value of an expression. */
export function evaluate(node: Expression, scope: Scope): Value {
  // The table is indexed by the node's own kind, which the compiler can't follow.
  const rule = RULES[node.kind] as (node: Expression, scope: Scope) => Value
  return rule(node, scope)
}

const optional = (node: Expression | undefined, scope: Scope): Value =>
  node ? evaluate(node, scope) : null

function yieldInside(): never {
  throw raise(
    'SyntaxError',
    "'yield' is supported as a statement, as the value of an assignment and as what is returned",
  )
}

/** Elements of a display, with `*values` spread out. */
function evaluateElements(elements: readonly Expression[], scope: Scope): Value[] {
  const result: Value[] = []
  for (const element of elements) {
    if (element.kind === 'Starred') result.push(...values(scope.rt, evaluate(element.value, scope)))
    else result.push(evaluate(element, scope))
  }
  return result
}

function dictDisplay({ entries }: DictDisplay, scope: Scope): Dict {
  const dict = new Dict()
  for (const { key, value } of entries) {
    if (key) {
      const name = evaluate(key, scope)
      dict.set(name, evaluate(value, scope))
      continue
    }
    const other = underlying(evaluate(value, scope))
    if (!(other instanceof Dict))
      throw raise('TypeError', `'${typeName(scope.rt, other)}' object is not a mapping`)
    for (const [name, element] of other.entries()) dict.set(name, element)
  }
  return dict
}

function compareChain({ left, rest }: Compare, scope: Scope): Value {
  let value = evaluate(left, scope)
  let result: Value = true
  for (const [i, { op, right }] of rest.entries()) {
    const next = evaluate(right, scope)
    result = comparison(scope.rt, op, value, next)
    if (i < rest.length - 1 && !truth(scope.rt, result)) return result
    value = next
  }
  return result
}

function joinedString({ parts }: JoinedString, scope: Scope): string {
  return parts.map((part) => (typeof part === 'string' ? part : replacement(part, scope))).join('')
}

function replacement({ expression, conversion, spec }: ReplacementField, scope: Scope): string {
  const { rt } = scope
  const value = evaluate(expression, scope)
  return format(rt, convert(scope, value, conversion), spec ? joinedString(spec, scope) : '')
}

/** `!r`, `!s`, `!a`. */
export function convert({ rt }: Pick<Scope, 'rt'>, value: Value, conversion?: string): Value {
  switch (conversion) {
    case 'r':
      return repr(rt, value)
    case 's':
      return str(rt, value)
    case 'a':
      return typeof value === 'string' ? quote(value, true) : repr(rt, value)
    default:
      return value
  }
}
