import {
  dispatchInplace,
  type Operation,
  operations,
  RuntimeError,
  runOperation,
  runOperationInplace,
  type Tensor,
  withoutGrad,
} from '@sconce/core'
import { isNonDifferentiable, refusalOf, rowOf } from '../derivatives/row.ts'
import { TensorInfo } from '../node.ts'
import { NotImplemented, refuseBackward, underived } from './not-implemented.ts'
import { PointwiseRule } from './pointwise-rule.ts'
import { RowRule } from './row-rule.ts'
import type { Rule } from './rule.ts'
import { rebaseHistory } from './views.ts'

const rules = new Map<Operation, Rule>()

/** How the op is recorded. */
export function ruleOf(operation: Operation): Rule {
  let rule = rules.get(operation)
  if (rule === undefined) {
    rule = makeRule(operation)
    rules.set(operation, rule)
  }
  return rule
}

function makeRule(operation: Operation): Rule {
  const row = rowOf(operation.name)
  if (row) return new RowRule(operation, row)
  const refusal = refusalOf(operation.name)
  if (refusal) return new Refused(operation, refusal)
  if (isNonDifferentiable(operation.name)) return new Unrecorded(operation)
  return operation.pointwise ? new PointwiseRule(operation) : new Composite(operation)
}

/** An op whose results never require grad. */
class Unrecorded implements Rule {
  readonly primitive = true
  readonly #operation: Operation

  constructor(operation: Operation) {
    this.#operation = operation
  }

  run(args: readonly unknown[]): unknown {
    return withoutGrad(() => runOperation(this.#operation, args))
  }

  runInplace(args: readonly unknown[]): void {
    withoutGrad(() => runOperationInplace(this.#operation, args))
    // The first argument of an in-place form is the tensor it changes.
    ;(args[0] as Tensor).version.value++
  }
}

/** An op that is known to have no derivative: its backward is an error. */
class Refused extends Unrecorded {
  readonly #message: string

  constructor(operation: Operation, message: string) {
    super(operation)
    this.#message = message
  }

  override run(args: readonly unknown[]): unknown {
    const result = super.run(args)
    refuseBackward(this.#message, args, result)
    return result
  }

  override runInplace(args: readonly unknown[]): void {
    const node = new NotImplemented(this.#message, args)
    super.runInplace(args)
    const self = args[0] as Tensor
    node.metadata.push(new TensorInfo(self))
    rebaseHistory(self, node)
  }
}

/** An op without a derivative of its own: what it calls is recorded. */
class Composite implements Rule {
  readonly primitive = false
  readonly #operation: Operation

  constructor(operation: Operation) {
    this.#operation = operation
  }

  run(args: readonly unknown[]): unknown {
    const result = runOperation(this.#operation, args)
    refuseBackward(underived(this.#operation.name), args, result)
    return result
  }

  runInplace(args: readonly unknown[]): void {
    const self = args[0] as Tensor
    const result = this.run(args) as Tensor
    if (result.shape.length !== self.shape.length) {
      throw new RuntimeError(underived(`${this.#operation.name}_`))
    }
    dispatchInplace(operations.get('copy') as Operation, [self, result, false])
  }
}
