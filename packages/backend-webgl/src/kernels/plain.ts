import {
  contiguousStrides,
  type Expr,
  elementCount,
  index,
  input,
  type Kernel,
  kernels,
  type Operand,
  scalar,
} from '@sconce/backend'
import type { Engine } from '../engine.ts'
import type { WebglBuffer } from '../storage.ts'
import { planOutput } from './plan.ts'

/** The dims along which an output has elements of its own. */
const ownDims = ({ shape, strides }: Operand): number[] =>
  shape.flatMap((n, d) => (n !== 1 && strides[d] !== 0 ? [d] : []))

/** Whether a fragment can tell from its place which element it is. */
function isPlain(out: Operand): boolean {
  const dims = ownDims(out)
  const shape = dims.map((d) => out.shape[d])
  const strides = dims.map((d) => out.strides[d])
  return planOutput(shape, { shape, strides, offset: out.offset }).invertible
}

/**
 * Runs with outputs whose places can be inverted: for a layout that interleaves (its strides are not
 * nested in one another) a contiguous output is taken, and scattered afterwards.
 */
export function withPlainOutputs(
  engine: Engine,
  kernel: Kernel,
  outputs: readonly Operand[],
  run: (outputs: readonly Operand[]) => void,
): void {
  // A scatter draws at computed places anyway.
  if (kernel.kind === 'scatter' || outputs.every(isPlain)) {
    run(outputs)
    return
  }
  const buffers: WebglBuffer[] = []
  try {
    const plain = outputs.map((out) => {
      if (isPlain(out)) return out
      const dims = ownDims(out)
      const own = contiguousStrides(dims.map((d) => out.shape[d]))
      const strides = out.shape.map((_, d) => (dims.includes(d) ? own[dims.indexOf(d)] : 0))
      const buffer = engine.allocate(out.dtype, elementCount(dims.map((d) => out.shape[d])))
      buffers.push(buffer)
      return { ...out, buffer, strides, offset: 0 }
    })
    run(plain)
    outputs.forEach((out, i) => {
      if (plain[i] !== out) spread(engine, plain[i], out)
    })
  } finally {
    for (const buffer of buffers) engine.free(buffer)
  }
}

/** Copies a contiguous operand to where another lies. */
function spread(engine: Engine, from: Operand, to: Operand): void {
  const dims = ownDims(to)
  const shape = dims.map((d) => to.shape[d])
  const place = dims.reduce<Expr>(
    (sum, _, i) => sum.add(index(i).mul(scalar(i, 'int32'))),
    scalar(dims.length, 'int32'),
  )
  const { buffer, dtype } = to
  engine.execute(
    kernels.scatter('assign', [place], input(0, dtype)),
    [{ ...from, shape, strides: contiguousStrides(shape) }],
    [{ buffer, dtype, shape: [buffer.length], strides: [1], offset: 0 }],
    [...dims.map((d) => to.strides[d]), to.offset],
  )
}
