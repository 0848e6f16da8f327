import { type DType, type Expr, InvalidKernel, isBinary, isUnary, visit } from '@sconce/backend'
import { floats, ints, longs, type Register } from '../elements.ts'
import { scalarOf } from '../scalar/convert.ts'
import { isExact } from '../scalar/float.ts'
import { bitcastLoop, castLoop } from './convert.ts'
import {
  compareLongs,
  compareLoop,
  floatLoop1,
  floatLoop2,
  intLoop1,
  intLoop2,
  isComparison,
  isNan,
  longLoop1,
  longLoop2,
  round,
} from './loops.ts'
import { fill, type RegisterFile } from './registers.ts'

/** Works out `n` values of a node, for the elements from `start` on along the innermost loop. */
export type Fill = (n: number, start: number) => void

/** How the leaves of an expression are read where it stands. */
export interface BlockLeaves {
  input(i: number, dtype: DType, out: Register): Fill
  index(d: number, out: Int32Array): Fill
  load(i: number, dtype: DType, coordinates: readonly Int32Array[], out: Register): Fill
  acc?(k: number): Register
}

/** Expressions as a list of closures, each of which fills the register of one node. */
export class Tape {
  readonly registers = new Map<Expr, Register>()
  readonly #once: ((n: number, scalars: ArrayLike<number>) => void)[] = []
  readonly #each: Fill[] = []

  constructor(roots: readonly Expr[], leaves: BlockLeaves, file: RegisterFile) {
    /** Nodes that are the same for all elements of a call. */
    const still = new Set<Expr>()
    visit(roots, (node) => {
      const accumulator = node.op === 'acc' ? leaves.acc?.(node.value) : undefined
      const out = accumulator ?? file.take(node.dtype)
      this.registers.set(node, out)
      if (accumulator) return
      if (node.op === 'const') {
        still.add(node)
        const value = scalarOf(node.value, node.dtype)
        this.#once.push((n) => fill(out, value, n))
      } else if (node.op === 'scalar') {
        still.add(node)
        this.#once.push((n, scalars) => fill(out, scalarOf(scalars[node.value], node.dtype), n))
      } else {
        const step = this.#step(node, leaves, out)
        if (node.op !== 'load' && node.args.length > 0 && node.args.every((a) => still.has(a))) {
          still.add(node)
          this.#once.push((n) => step(n, 0))
        } else {
          this.#each.push(step)
        }
      }
    })
  }

  /** Prepares a call whose blocks have at most `n` elements. */
  begin(n: number, scalars: ArrayLike<number>): void {
    for (const step of this.#once) step(n, scalars)
  }

  run(n: number, start: number): void {
    const steps = this.#each
    for (let i = 0; i < steps.length; i++) steps[i](n, start)
  }

  /** The register of a node. */
  of(node: Expr): Register {
    const register = this.registers.get(node)
    if (!register) throw new InvalidKernel(`${node} is not on this tape`)
    return register
  }

  #step(node: Expr, leaves: BlockLeaves, out: Register): Fill {
    switch (node.op) {
      case 'input':
        return leaves.input(node.value, node.dtype, out)
      case 'index':
        return leaves.index(node.value, ints(out))
      case 'load':
        return leaves.load(
          node.value,
          node.dtype,
          node.args.map((a) => ints(this.of(a))),
          out,
        )
      default:
        return operation(
          node,
          node.args.map((a) => this.of(a)),
          out,
        )
    }
  }
}

function select(condition: Int32Array, a: Register, b: Register, out: Register): Fill {
  if (out instanceof BigInt64Array) {
    const [x, y] = [longs(a), longs(b)]
    return (n) => {
      for (let i = 0; i < n; i++) out[i] = condition[i] ? x[i] : y[i]
    }
  }
  const [x, y] = out instanceof Int32Array ? [ints(a), ints(b)] : [floats(a), floats(b)]
  return (n) => {
    for (let i = 0; i < n; i++) out[i] = condition[i] ? x[i] : y[i]
  }
}

function operation(node: Expr, args: readonly Register[], out: Register): Fill {
  const { op } = node
  const [a, b] = args
  const { dtype } = node.args[0]
  if (op === 'where') return select(ints(a), b, args[2], out)
  if (op === 'cast') return castLoop(dtype, node.dtype, a, out)
  if (op === 'bitcast') return bitcastLoop(dtype, a, out)
  if (op === 'isnan') {
    const [x, y] = [floats(a), ints(out)]
    return (n) => isNan(x, y, n)
  }
  if (isComparison(op)) {
    const y = ints(out)
    if (a instanceof BigInt64Array) {
      const [loop, right] = [compareLongs(op), longs(b)]
      return (n) => loop(a, right, y, n)
    }
    const [loop, right] = [compareLoop(op), a instanceof Int32Array ? ints(b) : floats(b)]
    return (n) => loop(a, right, y, n)
  }
  if (isUnary(op)) {
    if (out instanceof Float64Array) {
      const [loop, x] = [floatLoop1(op), floats(a)]
      if (dtype === 'float64' || isExact(op)) return (n) => loop(x, out, n)
      return (n) => {
        loop(x, out, n)
        round(out, out, n)
      }
    }
    if (out instanceof BigInt64Array) {
      const [loop, x] = [longLoop1(op), longs(a)]
      return (n) => loop(x, out, n)
    }
    const [loop, x] = [intLoop1(op, dtype), ints(a)]
    return (n) => loop(x, out, n)
  }
  if (!isBinary(op)) throw new InvalidKernel(`no loop for ${op}`)
  if (out instanceof Float64Array) {
    const [loop, x, y] = [floatLoop2(op), floats(a), floats(b)]
    if (dtype === 'float64' || isExact(op)) return (n) => loop(x, y, out, n)
    return (n) => {
      loop(x, y, out, n)
      round(out, out, n)
    }
  }
  if (out instanceof BigInt64Array) {
    const [loop, x, y] = [longLoop2(op), longs(a), longs(b)]
    return (n) => loop(x, y, out, n)
  }
  const [loop, x, y] = [intLoop2(op, dtype), ints(a), ints(b)]
  return (n) => loop(x, y, out, n)
}

const absent = (): never => {
  throw new InvalidKernel('a leaf that this expression may not have')
}

/** For expressions of accumulators alone. */
export const noLeaves: BlockLeaves = { input: absent, index: absent, load: absent }
