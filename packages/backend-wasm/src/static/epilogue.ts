import {
  type ConvKernel,
  dtypes,
  type Expr,
  input,
  kernels,
  type MapKernel,
  type MatmulKernel,
  type Operand,
  substitute,
} from '@sconce/backend'
import type { Host } from './host.ts'
import { aliases } from './operands.ts'

type Contraction = MatmulKernel | ConvKernel

/** What the register tiles do with a sum before they store it; the numbers are those in gemm/shape.ts. */
export const flag = { accumulate: 1, biasColumn: 2, biasRow: 4, relu: 8 } as const

/** An epilogue that a tile may be able to run: relu?(acc [· scalar] + added [· scalar]). */
interface Simple {
  /** Position of the added operand among the inputs. */
  added: number | undefined
  /** Scalars that must be 1 at run time for the epilogue to be this simple. */
  ones: number[]
  relu: boolean
}

/** Takes `x · scalar` apart. */
function scaled(expr: Expr, ones: number[]): Expr {
  if (expr.op !== 'mul') return expr
  const [a, b] = expr.args
  const [factor, rest] = a.op === 'scalar' ? [a, b] : [b, a]
  if (factor.op !== 'scalar') return expr
  ones.push(factor.value)
  return rest
}

function analyse(epilogue: Expr): Simple | undefined {
  const simple: Simple = { added: undefined, ones: [], relu: false }
  let expr = epilogue
  if (expr.op === 'max') {
    const [a, b] = expr.args
    const [zero, rest] = a.op === 'const' ? [a, b] : [b, a]
    if (zero.op !== 'const' || zero.value !== 0) return undefined
    simple.relu = true
    expr = rest
  }
  const whole = scaled(expr, simple.ones)
  if (whole.op === 'acc') return simple
  if (whole !== expr || whole.op !== 'add') return undefined
  const terms = whole.args.map((term) => scaled(term, simple.ones))
  const added = terms.find((term) => term.op === 'input')
  if (!added || !terms.some((term) => term.op === 'acc')) return undefined
  simple.added = added.value
  return simple
}

const analysed = new WeakMap<Expr, { simple: Simple | undefined; map: MapKernel }>()

/** The epilogue as a map over its operands and, last, the sums. */
function asMap(kernel: Contraction): MapKernel {
  const { compute } = dtypes[kernel.dtype]
  const count = kernel.inputs.length - 2
  const value = substitute(kernel.epilogue, (node) => {
    if (node.op === 'acc') return input(count, compute)
    return node.op === 'input' ? input(node.value - 2, node.dtype) : undefined
  })
  return kernels.map([value], [...kernel.inputs.slice(2), compute])
}

function analysis(kernel: Contraction) {
  let known = analysed.get(kernel.epilogue)
  if (!known) {
    known = { simple: analyse(kernel.epilogue), map: asMap(kernel) }
    analysed.set(kernel.epilogue, known)
  }
  return known
}

/** The flags and the bias with which the tiles run a simple epilogue on these operands, if they can. */
function fuse(
  host: Host,
  simple: Simple,
  inputs: readonly Operand[],
  out: Operand,
  scalars: ArrayLike<number>,
  biasFlag: (bias: Operand) => number,
): { flags: number; bias: number } | undefined {
  if (!simple.ones.every((i) => scalars[i] === 1)) return undefined
  const relu = simple.relu ? flag.relu : 0
  if (simple.added === undefined) return { flags: relu, bias: 0 }
  const added = inputs[simple.added]
  if (added.dtype !== out.dtype) return undefined
  if (aliases(added, out)) return { flags: relu | flag.accumulate, bias: 0 }
  const bias = biasFlag(added)
  return bias ? { flags: relu | bias, bias: host.address(added) } : undefined
}

/**
 * Runs a contraction and its epilogue: in the tiles where they know it, else as a map over the sums.
 * Without `fusable` only a bare sum goes through the tiles. `biasFlag` says how an added operand lies along the output (0: in no way that a tile can add), and
 * `compute` writes the sums to an operand of the compute dtype, with these flags.
 */
export function contract(
  host: Host,
  kernel: Contraction,
  inputs: readonly Operand[],
  out: Operand,
  scalars: ArrayLike<number>,
  biasFlag: (bias: Operand) => number,
  compute: (sums: Operand, flags: number, bias: number) => void,
  fusable = true,
): void {
  const { simple, map } = analysis(kernel)
  const { compute: dtype } = dtypes[kernel.dtype]
  const direct = out.dtype === dtype && !aliases(out, inputs[0]) && !aliases(out, inputs[1])
  const fused =
    simple && direct && (fusable || kernel.epilogue.op === 'acc')
      ? fuse(host, simple, inputs, out, scalars, biasFlag)
      : undefined
  if (fused) {
    compute(out, fused.flags, fused.bias)
    return
  }
  const further = inputs.slice(2)
  const inPlace = direct && !further.some((operand) => aliases(operand, out))
  const sums = inPlace ? out : host.temporary(dtype, out.shape)
  compute(sums, 0, 0)
  host.map(map, [...further, sums], [out], scalars)
}
