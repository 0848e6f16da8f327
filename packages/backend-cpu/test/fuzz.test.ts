import {
  acc,
  binary,
  type DType,
  dtypes,
  type Expr,
  index,
  input,
  kernels,
  load,
  type ReduceOp,
  scalar,
  unary,
} from '@sconce/backend'
import { describe, it } from 'vitest'
import { reducedSpec, type Spec, samples } from '../../backend/test/harness.ts'
import { compare } from './engines.ts'

/** Random kernels on random layouts, compared with the reference. */
class Random {
  #state: number
  constructor(seed: number) {
    this.#state = seed * 2654435761
  }
  below(n: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * n)
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]
  }
}

const types: DType[] = ['float32', 'float64', 'float16', 'int32', 'int64', 'uint8', 'int8', 'bool']

/** Ops whose results are exact, so that an error of one ULP is never blown up by a comparison. */
const unaries = {
  float: ['neg', 'abs', 'floor', 'sign', 'round'],
  int: ['neg', 'abs', 'not'],
  bool: ['not'],
} as const
const binaries = {
  float: ['add', 'sub', 'mul', 'min', 'max'],
  int: ['add', 'sub', 'mul', 'div', 'rem', 'mod', 'and', 'or', 'xor', 'min', 'max'],
  bool: ['and', 'or', 'xor'],
} as const
const compared = ['lt', 'le', 'eq', 'ne'] as const

class Grower {
  readonly random: Random
  readonly inputs: DType[]
  readonly rank: number
  /** What was made already, to be shared. */
  readonly pool: Expr[] = []

  constructor(random: Random, inputs: DType[], rank: number) {
    this.random = random
    this.inputs = inputs
    this.rank = rank
  }

  /** A leaf of a dtype in which things are computed. */
  #leaf(dtype: DType): Expr {
    const { random, inputs } = this
    const mapped = inputs.length - 1
    switch (random.below(this.rank > 0 ? 5 : 3)) {
      case 0:
        return scalar(random.below(2), dtype)
      case 3:
        return index(random.below(this.rank)).cast(dtype)
      case 4: {
        // The last input is only read by load, over its own shape of [4].
        const at = index(random.below(this.rank)).sub(1)
        return load(mapped, inputs[mapped], [at]).cast(dtype)
      }
      default: {
        const i = random.below(mapped)
        return input(i, inputs[i]).cast(dtypes[inputs[i]].compute).cast(dtype)
      }
    }
  }

  grow(dtype: DType, depth: number): Expr {
    const { random, pool } = this
    const shared = pool.filter((e) => e.dtype === dtype)
    if (shared.length > 0 && random.below(4) === 0) return random.of(shared)
    const grown = depth === 0 ? this.#leaf(dtype) : this.#node(dtype, depth - 1)
    pool.push(grown)
    return grown
  }

  #node(dtype: DType, depth: number): Expr {
    const { random } = this
    const { kind } = dtypes[dtype]
    switch (random.below(6)) {
      case 0:
        return unary(random.of(unaries[kind]), this.grow(dtype, depth))
      case 1: {
        const other = random.of(['float32', 'int32', 'bool'] as const)
        return this.grow(other, depth).cast(dtype)
      }
      case 2:
        return this.grow('bool', depth).where(this.grow(dtype, depth), this.grow(dtype, depth))
      case 3:
        if (dtype === 'bool') {
          const side = random.of(['float32', 'int32', 'int64'] as const)
          return binary(random.of(compared), this.grow(side, depth), this.grow(side, depth))
        }
        return this.#leaf(dtype)
      default:
        return binary(random.of(binaries[kind]), this.grow(dtype, depth), this.grow(dtype, depth))
    }
  }
}

function operands(random: Random, shape: readonly number[], inputs: readonly DType[]): Spec[] {
  return inputs.map((dtype, i): Spec => {
    if (i === inputs.length - 1) return { dtype, shape: [4], values: samples(dtype, 4, 99) }
    const order = shape.map((_, d) => d).sort(() => random.below(3) - 1)
    const strides = shape.map(() => 0)
    let step = random.of([1, 1, 2])
    for (const d of order) {
      if (random.below(5) === 0) continue
      strides[d] = step
      step *= shape[d]
    }
    const count = shape.reduce((a, b) => a * b, 1)
    return { dtype, shape, strides, values: samples(dtype, count, i + 1) }
  })
}

const computed = (dtype: DType): DType => dtypes[dtype].compute

describe('random kernels', () => {
  it.each(Array.from({ length: 80 }, (_, seed) => seed))('map %i', (seed) => {
    const random = new Random(seed + 1)
    const shape = Array.from({ length: random.below(4) }, () => 1 + random.below(5))
    const inputs = [random.of(types), random.of(types), random.of(types)]
    const grower = new Grower(random, inputs, shape.length)
    const outputs = Array.from({ length: 1 + random.below(2) }, () => random.of(types))
    const values = outputs.map((dtype) => grower.grow(computed(dtype), 4).cast(dtype))
    const layout = random.of(['contiguous', 'transposed', 'strided'] as const)
    compare(
      kernels.map(values, inputs),
      operands(random, shape, inputs),
      outputs.map((dtype) => ({ dtype, shape, layout })),
      { scalars: [3, -1.5], factor: 4 },
    )
  })

  it.each(Array.from({ length: 80 }, (_, seed) => seed))('reduce %i', (seed) => {
    const random = new Random(seed + 1001)
    const shape = Array.from({ length: 1 + random.below(3) }, () => 1 + random.below(12))
    const inputs = [random.of(types), random.of(types), random.of(types)]
    const grower = new Grower(random, inputs, shape.length)
    const reductions = Array.from({ length: 1 + random.below(2) }, () => {
      const dtype = computed(random.of(types))
      const ops: ReduceOp[] =
        dtype === 'bool' ? ['any', 'all', 'argmax'] : ['sum', 'min', 'max', 'argmin', 'argmax']
      return { op: random.of(ops), value: grower.grow(dtype, 3) }
    })
    const values = reductions.map((r, k) => acc(k, kernels.reductionDType(r)))
    const kernel = kernels.reduce(reductions, values, inputs)
    const rank = 1 + random.below(shape.length)
    compare(
      kernel,
      operands(random, shape, inputs),
      kernel.outputs.map((dtype) => reducedSpec(dtype, shape, rank)),
      { scalars: [3, -1.5], factor: 100 },
    )
  })
})
