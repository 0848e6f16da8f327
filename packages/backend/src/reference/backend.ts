import type { Backend } from '../backend.ts'
import { type DType, dtypes, newArray, type TypedArray } from '../dtype.ts'
import { UnsupportedKernel } from '../errors.ts'
import { type Expr, visit } from '../expr.ts'
import type { Kernel, MapKernel, ReduceKernel, Reduction, ScatterKernel } from '../kernel.ts'
import { type Buffer, elementCount, type Operand, reducedRank } from '../layout.ts'
import {
  apply,
  convert,
  decode,
  encode,
  isOperation,
  operation,
  settle,
  type Value,
} from './scalars.ts'

/**
 * The smallest backend there can be: storage, and the three required kinds, element by element. It says
 * what kernels mean; it is as slow as it is plain.
 */
export class ReferenceBackend implements Backend {
  readonly name: string = 'reference'
  readonly info = {
    dtypes: Object.fromEntries(
      Object.keys(dtypes).map((dtype) => [dtype, { storage: true, arithmetic: true }]),
    ),
    native: ['map', 'reduce', 'scatter'],
    maxLength: 2 ** 31 - 1,
    description: 'interpreted expressions',
    readSync: 'free',
    collected: true,
  } as const
  /** Kinds of the kernels that were run, in order. */
  readonly ran: string[] = []
  readonly #memory = new Map<Buffer, TypedArray>()

  /** Buffers that were allocated and not freed. */
  get live(): number {
    return this.#memory.size
  }

  supports(kernel: Kernel): boolean {
    return kernel.kind === 'map' || kernel.kind === 'reduce' || kernel.kind === 'scatter'
  }

  allocate(dtype: DType, length: number): Buffer {
    const buffer = { dtype, length }
    this.#memory.set(buffer, newArray(dtype, length))
    return buffer
  }

  free(buffer: Buffer): void {
    this.#memory.delete(buffer)
  }

  #data(buffer: Buffer): TypedArray {
    const data = this.#memory.get(buffer)
    if (!data) throw new Error('a freed or foreign buffer')
    return data
  }

  write(buffer: Buffer, data: TypedArray, offset = 0): void {
    const to = this.#data(buffer)
    for (let i = 0; i < data.length; i++) to[offset + i] = data[i]
  }

  readSync(buffer: Buffer, offset: number, length: number): TypedArray {
    return this.#data(buffer).slice(offset, offset + length)
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<TypedArray> {
    return this.readSync(buffer, offset, length)
  }

  async synchronize(): Promise<void> {}

  dispose(): void {
    this.#memory.clear()
  }

  run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    this.ran.push(kernel.kind)
    const call = new Call(inputs, outputs, scalars, (o) => this.#data(o.buffer))
    switch (kernel.kind) {
      case 'map':
        call.map(kernel)
        break
      case 'reduce':
        call.reduce(kernel)
        break
      case 'scatter':
        call.scatter(kernel)
        break
      default:
        throw new UnsupportedKernel(`reference: ${kernel.kind}`)
    }
  }
}

/** All indices of a shape, in row-major order. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  const index = shape.map(() => 0)
  for (let left = elementCount(shape); left > 0; left--) {
    yield index.slice()
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0
  }
}

const place = ({ offset, strides }: Operand, index: readonly number[]): number =>
  index.reduce((at, i, d) => at + i * strides[d], offset)

/** A node of an expression, after its arguments. */
interface Step {
  readonly node: Expr
  /** Steps that give the arguments. */
  readonly slots: readonly number[]
  /** For unary and binary ops. */
  readonly operate?: (a: Value, b: Value) => Value
}

/** The nodes of expressions, each once, in the order in which they can be computed. */
interface Program {
  readonly steps: readonly Step[]
  readonly results: readonly number[]
}

const programs = new WeakMap<readonly Expr[], Program>()

function programOf(exprs: readonly Expr[]): Program {
  const known = programs.get(exprs)
  if (known) return known
  const slots = new Map<Expr, number>()
  const steps: Step[] = []
  visit(exprs, (node) => {
    slots.set(node, steps.length)
    steps.push({
      node,
      slots: node.args.map((arg) => slots.get(arg) ?? -1),
      operate: isOperation(node.op) ? operation(node.op, node.args[0].dtype) : undefined,
    })
  })
  const program = { steps, results: exprs.map((expr) => slots.get(expr) ?? -1) }
  programs.set(exprs, program)
  return program
}

/** One kernel call. */
class Call {
  readonly inputs: readonly Operand[]
  readonly outputs: readonly Operand[]
  readonly scalars: ArrayLike<number>
  readonly data: (operand: Operand) => TypedArray

  constructor(
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
    data: (operand: Operand) => TypedArray,
  ) {
    this.inputs = inputs
    this.outputs = outputs
    this.scalars = scalars
    this.data = data
  }

  get(operand: Operand, index: readonly number[]): Value {
    return decode(this.data(operand)[place(operand, index)], operand.dtype)
  }

  set(operand: Operand, index: readonly number[], value: Value): void {
    this.data(operand)[place(operand, index)] = encode(value, operand.dtype)
  }

  /** Values of expressions at an index of the iteration shape. */
  values(exprs: readonly Expr[], index: readonly number[], accs: readonly Value[] = []): Value[] {
    const { steps, results } = programOf(exprs)
    const values: Value[] = []
    for (const step of steps) values.push(this.#value(step, index, accs, values))
    return results.map((slot) => values[slot])
  }

  #value(
    { node, slots, operate }: Step,
    index: readonly number[],
    accs: readonly Value[],
    values: readonly Value[],
  ): Value {
    const { op, dtype } = node
    if (operate) return operate(values[slots[0]], values[slots[1]])
    switch (op) {
      case 'const':
        return convert(node.value, dtype)
      case 'scalar':
        return convert(this.scalars[node.value], dtype)
      case 'input':
        return this.get(this.inputs[node.value], index)
      case 'index':
        return BigInt(index[node.value])
      case 'acc':
        return accs[node.value]
      case 'load': {
        const from = this.inputs[node.value]
        const at = slots.map((slot) => Number(values[slot]))
        const inside = at.every((c, d) => c >= 0 && c < from.shape[d])
        return inside ? this.get(from, at) : convert(0, dtype)
      }
      case 'where':
        return values[slots[0]] ? values[slots[1]] : values[slots[2]]
      case 'cast':
        return convert(values[slots[0]], dtype)
      case 'bitcast':
        return bitcast(values[slots[0]], node.args[0].dtype, dtype)
      default:
        throw new Error(`the reference lacks ${op}`)
    }
  }

  map(kernel: MapKernel): void {
    for (const index of indices(this.outputs[0].shape)) {
      const values = this.values(kernel.values, index)
      values.forEach((value, k) => this.set(this.outputs[k], index, value))
    }
  }

  reduce(kernel: ReduceKernel): void {
    const { shape } = this.outputs[0]
    const kept = shape.length - reducedRank(this.outputs[0])
    const exprs = kernel.reductions.map((r) => r.value)
    for (const outer of indices(shape.slice(0, kept))) {
      const rows = [...indices(shape.slice(kept))].map((inner) =>
        this.values(exprs, [...outer, ...inner]),
      )
      const accs = kernel.reductions.map((r, k) =>
        collapse(
          r,
          rows.map((row) => row[k]),
        ),
      )
      const index = [...outer, ...shape.slice(kept).map(() => 0)]
      const values = this.values(kernel.values, index, accs)
      values.forEach((value, k) => this.set(this.outputs[k], index, value))
    }
  }

  scatter(kernel: ScatterKernel): void {
    const [out] = this.outputs
    const exprs = [kernel.value, ...kernel.at]
    for (const index of indices(this.inputs[0].shape)) {
      const [value, ...coordinates] = this.values(exprs, index)
      const at = coordinates.map(Number)
      if (!at.every((c, d) => c >= 0 && c < out.shape[d])) continue
      const old = this.get(out, at)
      this.set(out, at, combine(kernel.combine, old, value, out.dtype))
    }
  }
}

function combine(op: ScatterKernel['combine'], old: Value, value: Value, dtype: DType): Value {
  const compute = dtypes[dtype].compute
  const fresh = convert(value, compute)
  if (op === 'assign') return convert(value, dtype)
  if (compute !== 'bool') return convert(apply(op, [old, fresh], compute), dtype)
  return apply(op === 'add' || op === 'max' ? 'or' : 'and', [old, fresh], 'bool')
}

/** Sum by halves. */
const sum = (list: readonly Value[], dtype: DType): Value => {
  if (list.length < 2) return list[0] ?? convert(0, dtype)
  const half = list.length >> 1
  return apply('add', [sum(list.slice(0, half), dtype), sum(list.slice(half), dtype)], dtype)
}

function collapse({ op, value: { dtype } }: Reduction, list: readonly Value[]): Value {
  const better = (a: Value, b: Value) =>
    (op.endsWith('min') ? a < b : a > b) || (a !== a && b === b)
  switch (op) {
    case 'sum':
      return sum(list, dtype)
    case 'prod':
      return list.reduce((a, b) => apply('mul', [a, b], dtype), convert(1, dtype))
    case 'any':
      return list.some(Boolean)
    case 'all':
      return list.every(Boolean)
    case 'min':
    case 'max':
      if (list.length === 0) return extreme(op, dtype)
      return list.reduce((a, b) => (better(b, a) ? b : a))
    case 'argmin':
    case 'argmax':
      return BigInt(list.reduce((best: number, v, i) => (better(v, list[best]) ? i : best), 0))
    default:
      return op satisfies never
  }
}

/** The value of `min` or `max` over nothing. */
function extreme(op: 'min' | 'max', dtype: DType): Value {
  const sign = op === 'min' ? 1 : -1
  if (dtypes[dtype].kind === 'float') return sign * Number.POSITIVE_INFINITY
  const least = dtype === 'uint8' ? 0n : settle(1n << BigInt(dtypes[dtype].size * 8 - 1), dtype)
  return op === 'min' ? -BigInt(least) - 1n + (dtype === 'uint8' ? 256n : 0n) : least
}

function bitcast(x: Value, from: DType, to: DType): Value {
  const source = newArray(from, 1)
  source[0] = encode(x, from)
  return decode(new dtypes[to].array(source.buffer, 0, 1)[0], to)
}
