import { call } from '../runtime/call.ts'
import type { Expression } from '../syntax/ast.ts'
import type { Value } from '../values/value.ts'
import { evaluate } from './expressions.ts'
import type { Scope } from './scope.ts'

/** Decorators are evaluated from above and applied from below. */
export function decorate(
  decorators: readonly Expression[],
  make: () => Value,
  scope: Scope,
): Value {
  const functions = decorators.map((decorator) => evaluate(decorator, scope))
  return functions.reduceRight<Value>(
    (value, decorator) => call(scope.rt, decorator, [value]),
    make(),
  )
}
