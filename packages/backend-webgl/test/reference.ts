import {
  type Backend,
  type Buffer,
  type DType,
  type Expr,
  elementCount,
  isBinary,
  isUnary,
  type Kernel,
  newArray,
  type Operand,
  type ReduceKernel,
  reducedRank,
  type ScatterKernel,
  type TypedArray,
  UnsupportedKernel,
} from '@sconce/backend'
import { rounded, scalarOp } from './scalar-reference.ts'

/** A backend that interprets kernels as the kernel language defines them, one element at a time. */
class PlainBuffer implements Buffer {
  readonly dtype: DType
  readonly length: number
  readonly data: TypedArray
  constructor(dtype: DType, length: number) {
    this.dtype = dtype
    this.length = length
    this.data = newArray(dtype, length)
  }
}

const dataOf = ({ buffer }: Operand): TypedArray => (buffer as PlainBuffer).data

const offsetOf = (o: Operand, at: readonly number[]): number =>
  at.reduce((sum, p, d) => sum + p * o.strides[d], o.offset)

function* positions(shape: readonly number[]): Generator<number[]> {
  const count = elementCount(shape)
  for (let i = 0; i < count; i++) {
    const at = new Array<number>(shape.length)
    let rest = i
    for (let d = shape.length - 1; d >= 0; d--) {
      at[d] = rest % shape[d]
      rest = Math.floor(rest / shape[d])
    }
    yield at
  }
}

interface Scope {
  readonly inputs: readonly Operand[]
  readonly scalars: ArrayLike<number>
  readonly at: readonly number[]
  readonly accs?: readonly number[]
  /** Values of shared subexpressions at this position. */
  readonly known?: Map<Expr, number>
}

const bits = new DataView(new ArrayBuffer(4))

function evaluate(node: Expr, scope: Scope): number {
  const { known = new Map<Expr, number>() } = scope
  let value = known.get(node)
  if (value === undefined) {
    value = compute(node, { ...scope, known })
    known.set(node, value)
  }
  return value
}

function compute(node: Expr, scope: Scope): number {
  const { op, dtype, args, value } = node
  switch (op) {
    case 'const':
      return rounded(value, dtype)
    case 'scalar':
      return rounded(scope.scalars[value], dtype)
    case 'index':
      return scope.at[value]
    case 'acc':
      return scope.accs?.[value] ?? Number.NaN
    case 'input': {
      const operand = scope.inputs[value]
      return Number(dataOf(operand)[offsetOf(operand, scope.at)])
    }
    case 'load': {
      const operand = scope.inputs[value]
      const at = args.map((a) => evaluate(a, scope))
      const inside = at.every((p, d) => p >= 0 && p < operand.shape[d])
      return inside ? Number(dataOf(operand)[offsetOf(operand, at)]) : 0
    }
    case 'where':
      return evaluate(args[0], scope) !== 0 ? evaluate(args[1], scope) : evaluate(args[2], scope)
    case 'cast': {
      const x = evaluate(args[0], scope)
      return dtype === 'bool' ? Number(x !== 0) : rounded(x, dtype)
    }
    case 'bitcast': {
      const x = evaluate(args[0], scope)
      if (dtype === 'int32') {
        bits.setFloat32(0, x)
        return bits.getInt32(0)
      }
      bits.setInt32(0, x)
      return bits.getFloat32(0)
    }
    default: {
      if (!isUnary(op) && !isBinary(op)) throw new Error(`no reference for ${op}`)
      const x = scalarOp(
        op,
        args[0].dtype,
        args.map((a) => evaluate(a, scope)),
      )
      return rounded(x, dtype)
    }
  }
}

function store(operand: Operand, at: readonly number[], value: number): void {
  dataOf(operand)[offsetOf(operand, at)] = value
}

const limits: Partial<Record<DType, [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int8: [-128, 127],
  uint8: [0, 255],
}

function runReduce(
  { reductions, values }: ReduceKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const { shape } = outputs[0]
  const kept = shape.length - reducedRank(outputs[0])
  const rest = shape.slice(kept)
  const results: [Operand, number[], number][] = []
  for (const head of positions(shape.slice(0, kept))) {
    const accs = reductions.map(({ op, value }) => {
      const list: number[] = []
      for (const tail of positions(rest)) {
        list.push(evaluate(value, { inputs, scalars, at: [...head, ...tail] }))
      }
      const better = (a: number, b: number) =>
        Number.isNaN(a) ? !Number.isNaN(b) : op.endsWith('min') ? a < b : a > b
      const [low, high] = limits[value.dtype] ?? [
        Number.NEGATIVE_INFINITY,
        Number.POSITIVE_INFINITY,
      ]
      switch (op) {
        case 'sum':
          return rounded(
            list.reduce((a, b) => a + b, 0),
            value.dtype,
          )
        case 'prod':
          return value.dtype === 'float32'
            ? Math.fround(list.reduce((a, b) => a * b, 1))
            : rounded(
                list.reduce((a, b) => Math.imul(a, b), 1),
                value.dtype,
              )
        case 'min':
        case 'max': {
          const worst = op === 'min' ? high : low
          return list.reduce((a, b) => (better(b, a) ? b : a), list.length > 0 ? list[0] : worst)
        }
        case 'argmin':
        case 'argmax':
          return list.reduce((a, b, i) => (better(b, list[a]) ? i : a), 0)
        case 'any':
          return Number(list.some((x) => x !== 0))
        default:
          return Number(list.every((x) => x !== 0))
      }
    })
    const at = [...head, ...rest.map(() => 0)]
    values.forEach((v, i) =>
      results.push([outputs[i], at, evaluate(v, { inputs, scalars, at, accs })]),
    )
  }
  for (const result of results) store(...result)
}

function runScatter(
  kernel: ScatterKernel,
  inputs: readonly Operand[],
  [out]: readonly Operand[],
  scalars: ArrayLike<number>,
): void {
  const writes: [number[], number][] = []
  for (const at of positions(inputs[0].shape)) {
    const target = kernel.at.map((c) => evaluate(c, { inputs, scalars, at }))
    if (target.every((p, d) => p >= 0 && p < out.shape[d])) {
      writes.push([target, evaluate(kernel.value, { inputs, scalars, at })])
    }
  }
  for (const [target, value] of writes) {
    const old = Number(dataOf(out)[offsetOf(out, target)])
    const { combine } = kernel
    const combined = combine === 'assign' ? value : scalarOp(combine, out.dtype, [old, value])
    store(out, target, rounded(combined, out.dtype))
  }
}

/** The oracle of the tests. Sums are in double precision. */
export const reference: Backend = {
  name: 'reference',
  info: {
    dtypes: {},
    native: ['map', 'reduce', 'scatter'],
    maxLength: 2 ** 31,
    description: 'an interpreter',
    readSync: 'free',
  },
  supports: ({ kind }) => kind === 'map' || kind === 'reduce' || kind === 'scatter',
  allocate: (dtype, length) => new PlainBuffer(dtype, length),
  free: () => {},
  write: (buffer, data, offset = 0) => {
    const target = (buffer as PlainBuffer).data
    for (let i = 0; i < data.length; i++) target[offset + i] = data[i]
  },
  read: async (buffer, offset, length) =>
    (buffer as PlainBuffer).data.slice(offset, offset + length),
  readSync: (buffer, offset, length) => (buffer as PlainBuffer).data.slice(offset, offset + length),
  run: (kernel: Kernel, inputs, outputs, scalars) => {
    if (kernel.kind === 'reduce') return runReduce(kernel, inputs, outputs, scalars)
    if (kernel.kind === 'scatter') return runScatter(kernel, inputs, outputs, scalars)
    if (kernel.kind !== 'map') throw new UnsupportedKernel(kernel.kind)
    const results: [Operand, number[], number][] = []
    for (const at of positions(outputs[0].shape)) {
      kernel.values.forEach((v, i) =>
        results.push([outputs[i], at, evaluate(v, { inputs, scalars, at })]),
      )
    }
    for (const result of results) store(...result)
  },
  synchronize: async () => {},
  dispose: () => {},
}
