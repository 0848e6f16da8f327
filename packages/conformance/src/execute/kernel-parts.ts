import { type Expr, isBinary, isUnary, type Kernel, visit } from '@sconce/backend'

/** Name of what a case about a scalar op proves, and of what kernels that use it stand on. */
export const exprPart = (op: string, dtype: string): string => `expr/${op}/${dtype}`

function expressionsOf(kernel: Kernel): readonly Expr[] {
  switch (kernel.kind) {
    case 'map':
      return kernel.values
    case 'reduce':
      return [...kernel.reductions.map(({ value }) => value), ...kernel.values]
    case 'scatter':
      return [...kernel.at, kernel.value]
    case 'scan':
      return [kernel.value, ...kernel.values]
    case 'matmul':
    case 'conv':
      return [kernel.epilogue]
    default:
      return []
  }
}

/** What a kernel is besides its expressions: `kernel/reduce/sum/float32`. */
function kindParts(kernel: Kernel): string[] {
  switch (kernel.kind) {
    case 'map':
      return ['kernel/map']
    case 'reduce':
      return kernel.reductions.map(({ op, value }) => `kernel/reduce/${op}/${value.dtype}`)
    case 'scatter':
      return [`kernel/scatter/${kernel.combine}/${kernel.outputs[0]}`]
    case 'scan':
      return [`kernel/scan/${kernel.op}/${kernel.value.dtype}`]
    default:
      return [`kernel/${kernel.kind}/${kernel.dtype}`]
  }
}

const partOf = ({ op, dtype, args }: Expr): string | undefined => {
  if (isUnary(op) || isBinary(op)) return exprPart(op, args[0].dtype)
  if (op === 'cast' || op === 'bitcast') return exprPart(op, `${args[0].dtype}-${dtype}`)
  return op === 'index' || op === 'load' || op === 'where' ? `expr/${op}` : undefined
}

const known = new Map<number, readonly string[]>()

/**
 * The primitives that a kernel stands on: its kind, its layouts' dtypes, its scalar ops. Cases of level 0
 * and 1 prove things by these names.
 */
export function kernelParts(kernel: Kernel): readonly string[] {
  const found = known.get(kernel.id)
  if (found) return found
  const parts = new Set(kindParts(kernel))
  for (const dtype of [...kernel.inputs, ...kernel.outputs]) parts.add(`storage/${dtype}`)
  visit(expressionsOf(kernel), (node) => {
    const part = partOf(node)
    if (part !== undefined) parts.add(part)
  })
  const list = [...parts]
  known.set(kernel.id, list)
  return list
}
