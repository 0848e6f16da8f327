import {
  available,
  type Backend,
  type Buffer,
  type DType,
  dtypes,
  type Expr,
  type Kernel,
  newArray,
  type Operand,
  type Reduction,
  reducedRank,
  registerBackend,
  type TypedArray,
  UnsupportedKernel,
} from '@sconce/backend'
import { apply, convert, decode, encode, indices, type Value } from '@sconce/backend/reference'

class MyBuffer implements Buffer {
  readonly dtype: DType
  readonly length: number
  readonly data: TypedArray
  constructor(dtype: DType, length: number) {
    this.dtype = dtype
    this.length = length
    this.data = newArray(dtype, length)
  }
}

function dataOf(buffer: Buffer): TypedArray {
  if (buffer instanceof MyBuffer) return buffer.data
  throw new Error('a buffer of another backend')
}
const place = (o: Operand, index: readonly number[]): number =>
  index.reduce((at, i, d) => at + i * o.strides[d], o.offset)

class MyBackend implements Backend {
  readonly name = 'mine'
  readonly info = {
    dtypes: {
      float32: { storage: true, arithmetic: true },
      int32: { storage: true, arithmetic: true },
      bool: { storage: true, arithmetic: true },
    },
    native: ['map', 'reduce', 'scatter'],
    maxLength: 2 ** 30,
    description: 'one element at a time',
    readSync: 'free',
    collected: true,
  } as const

  supports = (kernel: Kernel): boolean => this.info.native.some((kind) => kind === kernel.kind)
  allocate = (dtype: DType, length: number): Buffer => new MyBuffer(dtype, length)
  free(): void {}
  write(buffer: Buffer, data: TypedArray, offset = 0): void {
    for (let i = 0; i < data.length; i++) dataOf(buffer)[offset + i] = data[i]
  }
  readSync = (buffer: Buffer, offset: number, length: number): TypedArray =>
    dataOf(buffer).slice(offset, offset + length)
  async read(buffer: Buffer, offset: number, length: number): Promise<TypedArray> {
    return this.readSync(buffer, offset, length)
  }
  async synchronize(): Promise<void> {}
  dispose(): void {}

  run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    const get = (o: Operand, index: readonly number[]): Value =>
      decode(dataOf(o.buffer)[place(o, index)], o.dtype)
    const set = (o: Operand, index: readonly number[], value: Value): void => {
      dataOf(o.buffer)[place(o, index)] = encode(value, o.dtype)
    }
    /** The values of expressions at an index; a shared node is evaluated once. */
    const values = (
      exprs: readonly Expr[],
      index: readonly number[],
      accs: readonly Value[] = [],
    ): Value[] => {
      const known = new Map<Expr, Value>()
      const value = (node: Expr): Value => {
        const found = known.get(node) ?? evaluate(node)
        known.set(node, found)
        return found
      }
      const evaluate = ({ op, dtype, args, value: n }: Expr): Value => {
        if (op === 'const') return convert(n, dtype)
        if (op === 'scalar') return convert(scalars[n], dtype)
        if (op === 'input') return get(inputs[n], index)
        if (op === 'index') return BigInt(index[n])
        if (op === 'acc') return accs[n]
        const [a, b, c] = args.map(value)
        if (op === 'where') return a ? b : c
        if (op === 'cast') return convert(a, dtype)
        if (op === 'bitcast') return reinterpret(a, args[0].dtype, dtype)
        if (op !== 'load') return apply(op, [a, b], args[0].dtype)
        const at = args.map((arg) => Number(value(arg)))
        const inside = at.every((i, d) => i >= 0 && i < inputs[n].shape[d])
        return inside ? get(inputs[n], at) : convert(0, dtype)
      }
      return exprs.map(value)
    }
    const [out] = outputs

    if (kernel.kind === 'map') {
      for (const index of indices(out.shape)) {
        const results = values(kernel.values, index)
        outputs.forEach((o, k) => set(o, index, results[k]))
      }
    } else if (kernel.kind === 'reduce') {
      const kept = out.shape.length - reducedRank(out)
      for (const outer of indices(out.shape.slice(0, kept))) {
        const rows = Array.from(indices(out.shape.slice(kept)), (inner) =>
          values(
            kernel.reductions.map((r) => r.value),
            [...outer, ...inner],
          ),
        )
        const accs = kernel.reductions.map((r, k) =>
          collapse(
            r,
            rows.map((row) => row[k]),
          ),
        )
        const index = [...outer, ...out.shape.slice(kept).map(() => 0)]
        const results = values(kernel.values, index, accs)
        outputs.forEach((o, k) => set(o, index, results[k]))
      }
    } else if (kernel.kind === 'scatter') {
      for (const index of indices(inputs[0].shape)) {
        const [value, ...coordinates] = values([kernel.value, ...kernel.at], index)
        const at = coordinates.map(Number)
        if (!at.every((i, d) => i >= 0 && i < out.shape[d])) continue
        const fresh = convert(value, out.dtype)
        const { combine } = kernel
        const bool = { add: 'or', max: 'or', mul: 'and', min: 'and' } as const
        if (combine === 'assign') set(out, at, fresh)
        else {
          const op = out.dtype === 'bool' ? bool[combine] : combine
          set(out, at, apply(op, [get(out, at), fresh], out.dtype))
        }
      }
    } else throw new UnsupportedKernel(`mine: ${kernel.kind} runs as its lowering`)
  }
}

/** The value of an accumulator. A real backend sums in halves or blocks, not one after the other. */
function collapse({ op, value: { dtype } }: Reduction, row: readonly Value[]): Value {
  const fold = (f: 'add' | 'mul' | 'min' | 'max', list: readonly Value[]): Value =>
    list.reduce((a, b) => apply(f, [a, b], dtype))
  const [isFloat, least] = [dtype === 'float32', -(2n ** 31n)]
  const { POSITIVE_INFINITY: inf } = Number
  switch (op) {
    case 'any':
      return row.some(Boolean)
    case 'all':
      return row.every(Boolean)
    case 'sum':
      return fold('add', [convert(0, dtype), ...row])
    case 'prod':
      return fold('mul', [convert(1, dtype), ...row])
    case 'min':
      return fold('min', [isFloat ? inf : -least - 1n, ...row])
    case 'max':
      return fold('max', [isFloat ? -inf : least, ...row])
    default: {
      const best = row.length > 0 ? fold(op === 'argmin' ? 'min' : 'max', row) : 0
      return BigInt(
        Math.max(
          row.indexOf(best),
          row.findIndex((v) => v !== v),
          0,
        ),
      )
    }
  }
}

/** The same bits as a value of another dtype. */
function reinterpret(value: Value, from: DType, to: DType): Value {
  const data = newArray(from, 1)
  data[0] = encode(value, from)
  return decode(new dtypes[to].array(data.buffer)[0], to)
}

registerBackend({
  name: 'mine',
  priority: 1,
  probe: () => available('my device'),
  create: () => new MyBackend(),
})
