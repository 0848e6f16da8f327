import { type DType, isFloat } from '../dtype.ts'
import { type Expr, index, input, load, scalar, substitute } from '../expr.ts'
import type { ScanKernel, ScanOp } from '../kernel.ts'
import { map } from '../kernels.ts'
import type { Operand } from '../layout.ts'
import { type Call, type Step, step, type Temporary } from './step.ts'

/** log(exp a + exp b) without overflow; equal infinities are themselves. */
function logAddExp(a: Expr, b: Expr): Expr {
  const larger = a.max(b)
  const sum = larger.add(a.sub(b).abs().neg().exp().log1p())
  return a.eq(b).and(a.abs().eq(Number.POSITIVE_INFINITY)).where(a, sum)
}

/** Combines the running results of a left and a right part; true positions for min and max. */
function combine(op: ScanOp, left: Expr, right: Expr): { value: Expr; right: Expr | undefined } {
  switch (op) {
    case 'sum':
      return { value: left.add(right), right: undefined }
    case 'prod':
      return { value: left.mul(right), right: undefined }
    case 'logsumexp':
      return { value: logAddExp(left, right), right: undefined }
    case 'min':
    case 'max': {
      let wins = op === 'min' ? right.le(left) : right.ge(left)
      if (isFloat(right.dtype)) wins = wins.or(right.isnan())
      return { value: wins.where(right, left), right: wins }
    }
    default:
      return op satisfies never
  }
}

/** Hillis and Steele (1986): log2(n) passes, each adding the result from `distance` before. */
export function* lowerScan(
  kernel: ScanKernel,
  { inputs, outputs, scalars }: Call,
  temporary: Temporary,
): Generator<Step> {
  const shape = outputs[0].shape
  const last = shape.length - 1
  const n = shape[last]
  const indexed = kernel.op === 'min' || kernel.op === 'max'
  const dtype = kernel.value.dtype
  const types: DType[] = indexed ? [dtype, 'int32'] : [dtype]
  let from: Operand[] = types.map((t) => temporary(t, shape))
  let to: Operand[] = types.map((t) => temporary(t, shape))

  const start = indexed ? [kernel.value, index(last)] : [kernel.value]
  yield step(map(start, kernel.inputs), inputs, from, scalars)

  const distance = scalar(0, 'int32')
  const before = shape.map((_, d) => (d === last ? index(d).sub(distance) : index(d)))
  const inside = index(last).ge(distance)
  const here = types.map((t, i) => input(i + types.length, t))
  const there = types.map((t, i) => load(i, t, before))
  const { value, right } = combine(kernel.op, there[0], here[0])
  const values = [inside.where(value, here[0])]
  if (right) values.push(inside.where(right.where(here[1], there[1]), here[1]))
  const pass = map(values, [...types, ...types])
  for (let s = 1; s < n; s *= 2) {
    yield step(pass, [...from, ...from], to, [s])
    ;[from, to] = [to, from]
  }

  const count = kernel.inputs.length
  const finish = kernel.values.map((v) =>
    substitute(v, (node) =>
      node.op === 'acc' ? input(count + node.value, types[node.value]) : undefined,
    ),
  )
  yield step(map(finish, [...kernel.inputs, ...types]), [...inputs, ...from], outputs, scalars)
}
