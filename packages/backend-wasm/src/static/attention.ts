import { type AttentionKernel, elementCount, type Operand } from '@sconce/backend'
import { args } from './arguments.ts'
import { target } from './copy.ts'
import type { Host } from './host.ts'
import { as, convert, floatOf, sizeOf, suffix } from './operands.ts'
import { batchOffsets, uploadIntegers } from './upload.ts'

/** Queries that one unit of work takes: the kernel's constant. */
const perUnit = 48

/** Scaled dot-product attention on operands of any layout. */
export function runAttention(
  host: Host,
  kernel: AttentionKernel,
  inputs: readonly Operand[],
  [out]: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const dtype = floatOf(kernel.dtype)
  const batch = out.shape.length - 2
  const [queries, width] = out.shape.slice(batch)
  const items = elementCount(out.shape.slice(0, batch))
  if (items * queries * width === 0) return
  const operands = inputs.map((operand) => as(host, operand, dtype))
  const [q, k, v] = operands
  const [keys, depth] = k.shape.slice(batch)
  const overlap = inputs.some((operand) => operand.buffer === out.buffer)
  const fits = !overlap && (out.strides[batch + 1] === 1 || width === 1)
  const { operand: made, finish } = target(host, out, dtype, fits, convert)
  const mask = kernel.mask ? operands[3] : undefined
  const strides = [q, k, v, mask ?? made, made].map((o) => o.strides)
  const offsets = batchOffsets(
    out.shape.slice(0, batch),
    strides.map((s) => s.slice(0, batch)),
  )
  args
    .reset(host.address(q), host.address(k), host.address(v), mask ? host.address(mask) : 0)
    .add(host.address(made), uploadIntegers(host, offsets), queries, keys, depth, width)
  for (const s of strides.slice(0, 4)) args.add(s[batch], s[batch + 1])
  args.add(strides[4][batch], kernel.causal ? 1 : 0).addDouble(scalars[0])
  const work = items * queries * keys * (2 * (depth + width) + 40)
  const time = (work / 25) * (sizeOf(dtype) / 4)
  host.dispatch(`attention_${suffix[dtype]}`, args, items * Math.ceil(queries / perUnit), time)
  finish()
}
