import type { Operand, SoftmaxKernel } from '@sconce/backend'
import { args } from './arguments.ts'
import type { Host } from './host.ts'
import type { EntryName } from './library.ts'
import { floatOf, suffix } from './operands.ts'
import { readRows, rowShape, writeRows } from './rows.ts'

/** Nanoseconds an element. */
const cost = { float32: 1.2, float64: 5 } as const

/** Softmax, log-softmax and their backward passes over the last dim of operands of any layout. */
export function runSoftmax(
  host: Host,
  { dtype: storage, log, backward }: SoftmaxKernel,
  inputs: readonly Operand[],
  [out]: readonly Operand[],
): void {
  const dtype = floatOf(storage)
  const { count, length } = rowShape(out)
  if (count * length === 0) return
  const sources = inputs.map((operand) => readRows(host, operand, dtype))
  const { rows, finish } = writeRows(host, out, dtype)
  args.reset()
  for (const source of sources) args.add(source.address)
  args.add(rows.address, length)
  for (const source of sources) args.add(source.stride)
  args.add(rows.stride)
  const entry: EntryName = `${log ? 'log_' : ''}softmax_${backward ? 'backward_' : ''}${suffix[dtype]}`
  host.dispatch(entry, args, count, count * length * cost[dtype])
  finish()
}
