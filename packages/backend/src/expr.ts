import { type DType, dtypes, isDType } from './dtype.ts'
import { InvalidKernel } from './errors.ts'
import {
  type BinaryOp,
  binaryOps,
  type ScalarOp,
  type ScalarOpInfo,
  type UnaryOp,
  unaryOps,
} from './scalar-ops.ts'
import { shared } from './shared.ts'

/** Where an expression is wanted, a JS number stands for a literal of the other side's dtype. */
export type ExprLike = Expr | number | boolean

/** One method per scalar op: `x.tanh()`, `a.add(b)`, `a.lt(0)`. */
type ScalarMethods = { readonly [K in UnaryOp]: () => Expr } & {
  readonly [K in BinaryOp]: (other: ExprLike) => Expr
}
// biome-ignore lint/correctness/noUnusedVariables: it is merged into the class
interface Expression extends ScalarMethods {}

/**
 * A scalar expression: immutable plain data (op, dtype, args, value), structurally interned, so that
 * equal expressions are the same object and a shared subexpression is one node of a DAG.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the methods of the op table are installed below
class Expression {
  readonly op: ScalarOp
  readonly dtype: DType
  readonly args: readonly Expr[]
  /** Literal of `const`; position of `input`, `scalar`, `index`, `acc`, `load`; else 0. */
  readonly value: number
  /** Small integer, unique to this structure. */
  readonly id: number

  /** Use the functions below: they intern. */
  constructor(op: ScalarOp, dtype: DType, args: readonly Expr[], value: number, id: number) {
    this.op = op
    this.dtype = dtype
    this.args = args
    this.value = value
    this.id = id
    Object.freeze(this)
  }

  /** Conversion to `dtype`; a no-op where it is that already. */
  cast(dtype: DType): Expr {
    if (dtype === this.dtype) return this
    if (this.op === 'const') return constant(convertLiteral(this.value, dtype), dtype)
    return intern('cast', dtype, [this])
  }

  /** The same bits as the integer (or float) type of equal width. */
  bitcast(): Expr {
    const to = bitcasts[this.dtype]
    if (!to) throw new InvalidKernel(`bitcast: no type of the same width as ${this.dtype}`)
    return intern('bitcast', to, [this])
  }

  /** `this ? a : b`, for a bool expression. */
  where(a: ExprLike, b: ExprLike): Expr {
    if (this.dtype !== 'bool')
      throw new InvalidKernel(`where: condition is ${this.dtype}, not bool`)
    const like = a instanceof Expr ? a : b instanceof Expr ? b : undefined
    if (!like) throw new InvalidKernel('where: one branch must be an expression')
    const [x, y] = [lift(a, like.dtype), lift(b, like.dtype)]
    if (x.dtype !== y.dtype) {
      throw new InvalidKernel(`where: branches are ${x.dtype} and ${y.dtype}`)
    }
    return x === y ? x : intern('where', x.dtype, [this, x, y])
  }

  toString(): string {
    return print(this)
  }
}

/** The class of all expressions: that of the first copy of this package in the realm. */
export const Expr = shared('Expr', () => Expression)
export type Expr = Expression

const bitcasts: Partial<Record<DType, DType>> = {
  float32: 'int32',
  int32: 'float32',
  float64: 'int64',
  int64: 'float64',
}

const table = shared('expressions', () => new Map<string, Expr>())

/** Ops build their expressions on every call: the key is made of what is cheapest to tell apart. */
function intern(op: ScalarOp, dtype: DType, args: readonly Expr[], value = 0): Expr {
  // -0 and 0 stay apart, NaN is one key.
  let key = `${op}:${dtype}:${Object.is(value, -0) ? '-0' : value}`
  for (let i = 0; i < args.length; i++) key += `,${args[i].id}`
  let expr = table.get(key)
  if (!expr) {
    expr = new Expr(op, dtype, Object.freeze(args.slice()), value, table.size)
    table.set(key, expr)
  }
  return expr
}

function convertLiteral(value: number, dtype: DType): number {
  const { kind } = dtypes[dtype]
  if (kind === 'bool') return value !== 0 ? 1 : 0
  return kind === 'int' ? Math.trunc(value) : value
}

/** A literal. */
export const constant = (value: number | boolean, dtype: DType): Expr =>
  intern('const', dtype, [], convertLiteral(Number(value), dtype))
/** The element of operand `i` at the current index. */
export const input = (i: number, dtype: DType): Expr => intern('input', dtype, [], i)
/** The i-th run-time scalar. */
export const scalar = (i: number, dtype: DType): Expr => intern('scalar', dtype, [], i)
/** The int32 position along dim `d` of the iteration shape. */
export const index = (d: number): Expr => intern('index', 'int32', [], d)
/** The k-th accumulator, in an epilogue. */
export const acc = (k: number, dtype: DType): Expr => intern('acc', dtype, [], k)

/** The element of operand `i` at int32 coordinates over its own shape; zero outside. */
export function load(i: number, dtype: DType, coordinates: readonly ExprLike[]): Expr {
  const coords = coordinates.map((c) => lift(c, 'int32'))
  for (const c of coords) {
    if (c.dtype !== 'int32') throw new InvalidKernel(`load: a coordinate is ${c.dtype}, not int32`)
  }
  return intern('load', dtype, coords, i)
}

/** `x` as an expression: a JS number or boolean becomes a literal of `dtype`. */
export const lift = (x: ExprLike, dtype: DType): Expr =>
  x instanceof Expr ? x : constant(x, dtype)

function check(op: string, info: ScalarOpInfo, dtype: DType): void {
  if (!info.on.includes(dtypes[dtype].kind) || dtypes[dtype].compute !== dtype) {
    throw new InvalidKernel(`${op}: not defined on ${dtype}`)
  }
}

/** Application of a unary op by name. */
export function unary(op: UnaryOp, x: Expr): Expr {
  const info: ScalarOpInfo = unaryOps[op]
  check(op, info, x.dtype)
  return intern(op, info.to ?? x.dtype, [x])
}

/** Application of a binary op by name; both sides must have the same dtype. */
export function binary(op: BinaryOp, a: Expr, b: ExprLike): Expr {
  const info: ScalarOpInfo = binaryOps[op]
  const other = lift(b, a.dtype)
  check(op, info, a.dtype)
  if (other.dtype !== a.dtype)
    throw new InvalidKernel(`${op}: ${a.dtype} and ${other.dtype} differ`)
  return intern(op, info.to ?? a.dtype, [a, other])
}

for (const op of Object.keys(unaryOps) as UnaryOp[]) {
  Object.defineProperty(Expression.prototype, op, {
    value(this: Expr) {
      return unary(op, this)
    },
  })
}
for (const op of Object.keys(binaryOps) as BinaryOp[]) {
  Object.defineProperty(Expression.prototype, op, {
    value(this: Expr, other: ExprLike) {
      return binary(op, this, other)
    },
  })
}

/** Visits every node of the DAGs once, arguments before their users. */
export function visit(roots: readonly Expr[], callback: (node: Expr) => void): void {
  const seen = new Set<Expr>()
  const walk = (node: Expr) => {
    if (seen.has(node)) return
    seen.add(node)
    for (const arg of node.args) walk(arg)
    callback(node)
  }
  for (const root of roots) walk(root)
}

/** The expression with nodes replaced: `replace` returns a substitute, or undefined to keep the node. */
export function substitute(root: Expr, replace: (node: Expr) => Expr | undefined): Expr {
  const done = new Map<Expr, Expr>()
  const walk = (node: Expr): Expr => {
    let result = done.get(node)
    if (!result) {
      result = replace(node)
      if (!result) {
        const args = node.args.map(walk)
        result = args.every((a, i) => a === node.args[i])
          ? node
          : intern(node.op, node.dtype, args, node.value)
      }
      done.set(node, result)
    }
    return result
  }
  return walk(root)
}

/** Readable form: `tanh(add(in0, s0))`. */
export function print(expr: Expr): string {
  const { op, args, value, dtype } = expr
  switch (op) {
    case 'input':
      return `in${value}`
    case 'scalar':
      return `s${value}`
    case 'index':
      return `i${value}`
    case 'acc':
      return `acc${value}`
    case 'const':
      return `${dtype === 'bool' ? value !== 0 : Object.is(value, -0) ? '-0' : value}`
    case 'load':
      return `in${value}[${args.map(print).join(', ')}]`
    case 'cast':
      return `${dtype}(${print(args[0])})`
    default:
      return `${op}(${args.map(print).join(', ')})`
  }
}

/** Re-interns an expression that came as plain data (from a worker, from JSON). */
export function fromData(data: {
  op: ScalarOp
  dtype: DType
  args: readonly Parameters<typeof fromData>[0][]
  value: number
}): Expr {
  if (!isDType(data.dtype)) throw new InvalidKernel(`unknown dtype ${data.dtype}`)
  return intern(data.op, data.dtype, data.args.map(fromData), data.value)
}
