import {
  type DType,
  dtypes,
  type Expr,
  InvalidKernel,
  isBinary,
  isUnary,
  print,
} from '@sconce/backend'
import { booleanBinary } from './boolean.ts'
import { cast } from './cast.ts'
import {
  comparison,
  floatBinary,
  floatExtreme,
  floatUnary,
  isComparison,
  isNaNQuad,
} from './float.ts'
import type { Graph } from './graph.ts'
import { type IntegerBinary, integerBinary, integerUnary } from './integer.ts'
import { masksFor, type Quad, sameWidth, splatQuad, zip } from './quad.ts'

/** How the leaves of an expression are read, four elements at a time. */
export interface Leaves {
  input(i: number, dtype: DType): Quad
  scalar(i: number, dtype: DType): Quad
  /** int32 positions. */
  index(d: number): Quad
  load(i: number, dtype: DType, coordinates: readonly Quad[]): Quad
  acc(k: number, dtype: DType): Quad
}

const bitcasts: Partial<Record<DType, DType>> = {
  float32: 'int32',
  int32: 'float32',
  float64: 'int64',
  int64: 'float64',
}

/** Turns expressions into vector code for one group of four elements. */
export class Lowering {
  readonly #graph: Graph
  readonly #leaves: Leaves
  readonly #done = new Map<Expr, Quad>()

  constructor(graph: Graph, leaves: Leaves) {
    this.#graph = graph
    this.#leaves = leaves
  }

  /** The value of an expression. */
  quad(expr: Expr): Quad {
    let quad = this.#done.get(expr)
    if (!quad) {
      quad = this.#lower(expr)
      this.#done.set(expr, quad)
    }
    return quad
  }

  #lower(expr: Expr): Quad {
    const { op, dtype, value } = expr
    switch (op) {
      case 'const':
        return literal(this.#graph, dtype, value)
      case 'scalar':
        return this.#leaves.scalar(value, dtype)
      case 'input':
        return this.#leaves.input(value, dtype)
      case 'index':
        return this.#leaves.index(value)
      case 'acc':
        return this.#leaves.acc(value, dtype)
      default:
        break
    }
    const args = expr.args.map((arg) => this.quad(arg))
    switch (op) {
      case 'load':
        return this.#leaves.load(value, dtype, args)
      case 'where':
        return where(args[0], args[1], args[2])
      case 'cast':
        return cast(args[0], dtype)
      case 'bitcast':
        return bitcast(args[0])
      default:
        return operation(expr, args)
    }
  }
}

/** A literal of any dtype. */
function literal(graph: Graph, dtype: DType, value: number): Quad {
  if (dtype === 'float16' || dtype === 'bfloat16') {
    return cast(splatQuad(graph, 'float32', value), dtype)
  }
  if (dtypes[dtype].kind === 'float') return splatQuad(graph, dtype, value)
  if (dtype === 'bool') return splatQuad(graph, dtype, value === 0 ? 0 : 1)
  const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n
  return splatQuad(
    graph,
    dtype,
    dtype === 'int64' ? BigInt.asIntN(64, whole) : narrowed(dtype, whole),
  )
}

const narrowed = (dtype: DType, value: bigint): number =>
  Number(
    dtype === 'uint8' ? BigInt.asUintN(8, value) : BigInt.asIntN(dtypes[dtype].size * 8, value),
  )

function where(condition: Quad, a: Quad, b: Quad): Quad {
  if (a.dtype === 'bool') {
    const [masks, x, y] = sameWidth([condition, a, b])
    return { dtype: 'bool', regs: masks.map((m, r) => m.select(x[r], y[r])) }
  }
  const masks = masksFor(condition, a)
  return { dtype: a.dtype, regs: a.regs.map((x, r) => masks[r].select(x, b.regs[r])) }
}

function bitcast(quad: Quad): Quad {
  const dtype = bitcasts[quad.dtype]
  if (!dtype) throw new InvalidKernel(`bitcast: no type of the same width as ${quad.dtype}`)
  return zip(dtype, [quad], (x) => (x.isFloat ? x.asInt() : x.asFloat()))
}

function operation(expr: Expr, args: readonly Quad[]): Quad {
  const { op } = expr
  const [a, b] = args
  const { kind } = dtypes[a.dtype]
  if (isUnary(op)) {
    if (op === 'isnan') return isNaNQuad(a)
    if (kind === 'float') return floatUnary(op, a)
    return kind === 'bool' ? zip('bool', [a], (x) => x.not()) : integerUnary(op, a)
  }
  if (!isBinary(op)) throw new InvalidKernel(`no code for ${print(expr)}`)
  if (kind === 'bool') return booleanBinary(op, a, b)
  if (isComparison(op)) return comparison(op, a, b)
  if (kind === 'int') return integerBinary(op as IntegerBinary, a, b)
  const [left, right] = expr.args
  if (op === 'min' || op === 'max') {
    if (isNumber(right)) return floatExtreme(op, a, b)
    if (isNumber(left)) return floatExtreme(op, b, a)
  }
  return floatBinary(op, a, b)
}

const isNumber = (expr: Expr): boolean => expr.op === 'const' && !Number.isNaN(expr.value)
