import {
  type DType,
  type Expr,
  input,
  kernels,
  type MapKernel,
  type Operand,
  type ScanKernel,
  substitute,
  UnsupportedKernel,
} from '@sconce/backend'
import { args } from './arguments.ts'
import type { Host } from './host.ts'
import { readRows, rowShape, writeRows } from './rows.ts'

const suffix = { float32: 'f32', float64: 'f64', int32: 'i32', int64: 'i64' } as const
type Scanned = keyof typeof suffix

const entries = { sum: 'cumsum', prod: 'cumprod', min: 'cummin', max: 'cummax' } as const

const isScanned = (dtype: DType): dtype is Scanned => Object.hasOwn(suffix, dtype)

/** Any expression may be scanned, in a dtype that has a kernel; logsumexp has none. */
export const supportsScan = (kernel: ScanKernel): boolean =>
  kernel.op !== 'logsumexp' && isScanned(kernel.value.dtype)

interface Plan {
  /** Makes what is scanned, unless that is an input. */
  readonly before: MapKernel | undefined
  /** Makes the outputs of the inputs and, last, the results, unless each is one of these. */
  readonly after: MapKernel | undefined
}

const plans = new WeakMap<ScanKernel, Plan>()

function planOf(kernel: ScanKernel): Plan {
  const known = plans.get(kernel)
  if (known) return known
  const { value, values, inputs } = kernel
  const results: DType[] = [value.dtype, 'int32']
  const after = values.map((v: Expr) =>
    substitute(v, (node) =>
      node.op === 'acc' ? input(inputs.length + node.value, results[node.value]) : undefined,
    ),
  )
  const plain = values.every((v) => v.op === 'acc') && new Set(values).size === values.length
  const plan = {
    before: value.op === 'input' ? undefined : kernels.map([value], inputs),
    after: plain ? undefined : kernels.map(after, [...inputs, ...results]),
  }
  plans.set(kernel, plan)
  return plan
}

/** Running sums, products and extremes along the last dim of operands of any layout. */
export function runScan(
  host: Host,
  kernel: ScanKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const { op, value, values } = kernel
  const { shape } = outputs[0]
  if (op === 'logsumexp' || !isScanned(value.dtype))
    throw new UnsupportedKernel(`the static library has no scan ${op} of ${value.dtype}`)
  const { count, length } = rowShape(outputs[0])
  if (count * length === 0) return
  const { before, after } = planOf(kernel)
  let source = inputs[value.value]
  if (before) {
    source = host.temporary(value.dtype, shape)
    host.map(before, inputs, [source], scalars)
  }
  const indexed = op === 'min' || op === 'max'
  const made = after ? [host.temporary(value.dtype, shape)] : []
  if (after && indexed) made.push(host.temporary('int32', shape))
  // The first output that is the result itself is written by the kernel; without one, a temporary is.
  const direct = (k: number) => outputs[values.findIndex((v) => v.op === 'acc' && v.value === k)]
  const results = [made[0] ?? direct(0) ?? host.temporary(value.dtype, shape)]
  const places = indexed ? (made[1] ?? direct(1)) : undefined
  const x = readRows(host, source, value.dtype)
  const y = writeRows(host, results[0], value.dtype)
  const p = places ? writeRows(host, places, 'int32') : undefined
  args.reset(x.address, y.rows.address, p?.rows.address ?? 0, length)
  args.add(x.stride, y.rows.stride, p?.rows.stride ?? 0)
  host.dispatch(`${entries[op]}_${suffix[value.dtype]}`, args, count, count * length * 1.5)
  y.finish()
  p?.finish()
  if (after) host.map(after, [...inputs, results[0], places ?? results[0]], outputs, scalars)
}
