import type { Kernel } from './kernel.ts'
import { coalesce, type Operand, reducedRank } from './layout.ts'

/** Trailing dims that have a meaning of their own and are never merged with the leading ones. */
function trailing(kernel: Kernel, output: Operand): number | undefined {
  switch (kernel.kind) {
    case 'map':
      return kernel.positional ? undefined : 0
    case 'reduce':
      return kernel.positional ? undefined : reducedRank(output)
    default:
      // The other kinds name dims by position: their layouts stay as they are.
      return undefined
  }
}

const isFlat = (shape: readonly number[], operand: Operand): boolean => {
  let expected = 1
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1) {
      if (operand.strides[i] !== expected) return false
      expected *= shape[i]
    }
  }
  return true
}

const withLayout = (o: Operand, shape: readonly number[], strides: readonly number[]): Operand => ({
  buffer: o.buffer,
  dtype: o.dtype,
  shape,
  strides,
  offset: o.offset,
})

const unit: readonly number[] = [1]

/** The operands in the canonical form that backends see; the same arrays where nothing changes. */
export function canonicalize(
  kernel: Kernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
): { inputs: readonly Operand[]; outputs: readonly Operand[] } {
  const keep = trailing(kernel, outputs[0])
  const { shape } = outputs[0]
  if (keep === undefined || shape.length === 0) return { inputs, outputs }
  if (
    kernel.kind === 'map' &&
    inputs.every((o) => isFlat(shape, o)) &&
    outputs.every((o) => isFlat(shape, o))
  ) {
    if (shape.length === 1 && shape[0] !== 1) return { inputs, outputs }
    let count = 1
    for (const size of shape) count *= size
    const flat = count === 1 ? [] : [count]
    const strides = count === 1 ? [] : unit
    return {
      inputs: inputs.map((o) => withLayout(o, flat, strides)),
      outputs: outputs.map((o) => withLayout(o, flat, strides)),
    }
  }
  const merged = coalesce(
    shape,
    [...inputs, ...outputs].map((o) => o.strides),
    keep,
  )
  const relay = (o: Operand, i: number) => withLayout(o, merged.shape, merged.strides[i])
  return {
    inputs: inputs.map(relay),
    outputs: outputs.map((o, i) => relay(o, inputs.length + i)),
  }
}
