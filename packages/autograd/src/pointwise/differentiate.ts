import { type Expr, isBinary, isFloat, isUnary, visit } from '@sconce/backend'
import { binaryDerivatives, unaryDerivatives } from './scalar-derivatives.ts'

/**
 * Reverse-mode differentiation of an expression: the gradient of each of `leaves`, which are nodes of
 * `value`, when that of `value` is the expression `seed`; undefined for a leaf on which `value` doesn't
 * depend, or only through comparisons and conversions to integers.
 */
export function differentiate(
  value: Expr,
  seed: Expr,
  leaves: readonly Expr[],
): (Expr | undefined)[] {
  const order: Expr[] = []
  const active = new Set<Expr>(leaves)
  visit([value], (node) => {
    order.push(node)
    if (isFloat(node.dtype) && node.args.some((a) => active.has(a))) active.add(node)
  })
  const gradients = new Map<Expr, Expr>([[value, seed]])
  const flow = (to: Expr, g: Expr | undefined): void => {
    if (!g || !active.has(to)) return
    const known = gradients.get(to)
    gradients.set(to, known ? known.add(g) : g)
  }
  for (const node of order.reverse()) {
    const g = gradients.get(node)
    if (!g || leaves.includes(node) || !active.has(node)) continue
    node.args.forEach((arg, i) => {
      if (active.has(arg)) flow(arg, local(node, i, g))
    })
  }
  return leaves.map((leaf) => gradients.get(leaf))
}

/** The gradient of argument `i` of one node; undefined where nothing flows. */
function local(node: Expr, i: number, g: Expr): Expr | undefined {
  const { op, args } = node
  if (isUnary(op)) return unaryDerivatives[op]?.(g, args[0], node)
  if (isBinary(op)) return binaryDerivatives[op]?.[i === 0 ? 0 : 1](g, args[0], args[1], node)
  switch (op) {
    case 'where': {
      const [condition] = args
      return i === 0 ? undefined : i === 1 ? condition.where(g, 0) : condition.where(0, g)
    }
    case 'cast':
      return isFloat(args[0].dtype) ? g.cast(args[0].dtype) : undefined
    default:
      // Leaves have no arguments, a load's coordinates and a bitcast's bits no gradient.
      return undefined
  }
}
