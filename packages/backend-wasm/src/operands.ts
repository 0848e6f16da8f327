import { dtypes, type Expr, visit } from '@sconce/backend'
import type { Emitted } from './program.ts'

/** What is the same for all layouts of a kernel: which operands span the loops. */
export interface Operands {
  /** Positions of the spans among inputs, then outputs. */
  readonly spans: readonly number[]
  /** Bytes per element of the spans. */
  readonly sizes: readonly number[]
  /** Ranks of the operands with dims of their own: loaded inputs, then the target of a scatter. */
  readonly ranks: readonly number[]
  /** Position of an input among the spans, or -1. */
  readonly span: readonly number[]
  /** Position of an input among the operands with dims of their own, or -1. */
  readonly own: readonly number[]
}

function expressionsOf(kernel: Emitted): readonly Expr[] {
  switch (kernel.kind) {
    case 'map':
      return kernel.values
    case 'reduce':
      return [...kernel.reductions.map((r) => r.value), ...kernel.values]
    default:
      return [...kernel.at, kernel.value]
  }
}

/** Sorts the operands of a kernel out. */
export function operandsOf(kernel: Emitted): Operands {
  const ranks = new Map<number, number>()
  visit(expressionsOf(kernel), (node) => {
    if (node.op === 'load') ranks.set(node.value, node.args.length)
  })
  const loaded = [...ranks.keys()].sort((a, b) => a - b)
  const isSpan = (i: number) => !kernel.loaded[i]
  const inputs = [...kernel.inputs.keys()].filter(isSpan)
  const outputs = kernel.outputs.map((_, k) => kernel.inputs.length + k)
  const scattered = kernel.kind === 'scatter'
  const spans = scattered ? inputs : [...inputs, ...outputs]
  const all = [...kernel.inputs, ...kernel.outputs]
  return {
    spans,
    sizes: spans.map((i) => dtypes[all[i]].size),
    ranks: [...loaded.map((i) => ranks.get(i)!), ...(scattered ? [kernel.at.length] : [])],
    span: kernel.inputs.map((_, i) => inputs.indexOf(i)),
    own: kernel.inputs.map((_, i) => loaded.indexOf(i)),
  }
}
