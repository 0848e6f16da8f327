import type { Expr, Operand } from '@sconce/backend'
import { NotWritten } from './not-written.ts'
import { apply, convert } from './ops.ts'
import { isInside, load, type Value } from './storage.ts'

/** What a kernel is run on. */
export interface Call {
  readonly inputs: readonly Operand[]
  readonly outputs: readonly Operand[]
  readonly scalars: ArrayLike<number>
}

/**
 * The values of expressions at a position of the iteration shape. This one interprets, which shows what is
 * meant; a real backend compiles an expression once, and keeps what came of it by `kernel.id`.
 *
 * Expressions share nodes: each is evaluated once.
 * @param accs values of accumulators, in the epilogue of a reduction
 */
export function evaluate(
  expressions: readonly Expr[],
  { inputs, scalars }: Call,
  position: readonly number[],
  accs: readonly Value[] = [],
): Value[] {
  const known = new Map<Expr, Value>()
  const valueOf = (node: Expr): Value => {
    const value = known.get(node) ?? compute(node)
    known.set(node, value)
    return value
  }
  const compute = ({ op, dtype, args, value }: Expr): Value => {
    switch (op) {
      case 'const':
        return convert(value, dtype)
      case 'scalar':
        return convert(scalars[value], dtype)
      case 'input':
        return load(inputs[value], position)
      case 'index':
        return position[value]
      case 'acc':
        return accs[value]
      case 'load': {
        const coordinates = args.map(valueOf)
        return isInside(inputs[value], coordinates) ? load(inputs[value], coordinates) : 0
      }
      case 'where':
        return valueOf(valueOf(args[0]) ? args[1] : args[2])
      case 'cast':
        return convert(valueOf(args[0]), dtype)
      case 'bitcast':
        throw new NotWritten('bitcast', 'src/expressions.ts')
      default: {
        const [a, b = 0] = args.map(valueOf)
        return apply(op, args[0].dtype, a, b)
      }
    }
  }
  return expressions.map(valueOf)
}
