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

/** Steps through all positions of a shape in row-major order; the array is the same each time. */
function* positions(shape: readonly number[]): Generator<number[]> {
  const at = shape.map(() => 0)
  for (let left = elementCount(shape); left > 0; left--) {
    yield at
    for (let d = shape.length - 1; d >= 0 && ++at[d] === shape[d]; d--) at[d] = 0
  }
}

/** What expressions are evaluated in; `time` counts the positions, so that each is evaluated once. */
interface Scope {
  readonly inputs: readonly Operand[]
  readonly scalars: ArrayLike<number>
  at: readonly number[]
  accs: readonly number[]
  time: number
}

type Evaluate = (scope: Scope) => number

const bits = new DataView(new ArrayBuffer(4))
const compiled = new Map<Expr, Evaluate>()

/** An expression as a function of its scope. */
function compile(node: Expr): Evaluate {
  let known = compiled.get(node)
  if (!known) {
    const evaluate = write(node)
    let [time, value] = [-1, 0]
    known =
      node.args.length === 0
        ? evaluate
        : (scope) => {
            if (time !== scope.time) {
              value = evaluate(scope)
              time = scope.time
            }
            return value
          }
    compiled.set(node, known)
  }
  return known
}

function write({ op, dtype, args, value }: Expr): Evaluate {
  const parts = args.map(compile)
  switch (op) {
    case 'const': {
      const literal = rounded(value, dtype)
      return () => literal
    }
    case 'scalar':
      return (scope) => rounded(scope.scalars[value], dtype)
    case 'index':
      return (scope) => scope.at[value]
    case 'acc':
      return (scope) => scope.accs[value]
    case 'input':
      return ({ inputs, at }) => Number(dataOf(inputs[value])[offsetOf(inputs[value], at)])
    case 'load':
      return (scope) => {
        const { shape, strides, offset } = scope.inputs[value]
        let place = offset
        for (let d = 0; d < parts.length; d++) {
          const p = parts[d](scope)
          if (p < 0 || p >= shape[d]) return 0
          place += p * strides[d]
        }
        return Number(dataOf(scope.inputs[value])[place])
      }
    case 'where':
      return (scope) => (parts[0](scope) !== 0 ? parts[1](scope) : parts[2](scope))
    case 'cast':
      if (dtype === 'bool') return (scope) => Number(parts[0](scope) !== 0)
      return (scope) => rounded(parts[0](scope), dtype)
    case 'bitcast':
      return (scope) => {
        const x = parts[0](scope)
        if (dtype === 'int32') {
          bits.setFloat32(0, x)
          return bits.getInt32(0)
        }
        bits.setInt32(0, x)
        return bits.getFloat32(0)
      }
    default: {
      if (!isUnary(op) && !isBinary(op)) throw new Error(`no reference for ${op}`)
      const from = args[0].dtype
      return (scope) =>
        rounded(
          scalarOp(
            op,
            from,
            parts.map((p) => p(scope)),
          ),
          dtype,
        )
    }
  }
}

let clock = 0
const scopeOf = (inputs: readonly Operand[], scalars: ArrayLike<number>): Scope => ({
  inputs,
  scalars,
  at: [],
  accs: [],
  time: clock++,
})

/** The value of an expression at a position. */
function evaluate(node: Expr, scope: Scope, at: readonly number[]): number {
  scope.at = at
  scope.time = clock++
  return compile(node)(scope)
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
  const scope = scopeOf(inputs, scalars)
  for (const head of positions(shape.slice(0, kept))) {
    const accs = reductions.map(({ op, value }) => {
      const list: number[] = []
      for (const tail of positions(rest)) list.push(evaluate(value, scope, head.concat(tail)))
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
    scope.accs = accs
    values.forEach((v, i) => results.push([outputs[i], at, evaluate(v, scope, at)]))
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
  const scope = scopeOf(inputs, scalars)
  for (const at of positions(inputs[0].shape)) {
    const target = kernel.at.map((c) => evaluate(c, scope, at))
    if (target.every((p, d) => p >= 0 && p < out.shape[d])) {
      writes.push([target, evaluate(kernel.value, scope, at)])
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
    const scope = scopeOf(inputs, scalars)
    for (const at of positions(outputs[0].shape)) {
      kernel.values.forEach((v, i) => results.push([outputs[i], [...at], evaluate(v, scope, at)]))
    }
    for (const result of results) store(...result)
  },
  synchronize: async () => {},
  dispose: () => {},
}
