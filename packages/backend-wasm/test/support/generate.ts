import {
  acc,
  bfloat16Bits,
  binary,
  constant,
  type DType,
  dtypes,
  type Expr,
  float16Bits,
  index,
  input,
  type Kernel,
  kernels,
  load,
  type ReduceOp,
  scalar,
  unary,
} from '@sconce/backend'
import type { Random } from './random.ts'
import type { Data } from './run.ts'

const compute = (dtype: DType): DType => dtypes[dtype].compute
const all = Object.keys(dtypes) as DType[]
const arithmetic = all.filter((dtype) => compute(dtype) === dtype)

/** A random case: a kernel, its operands, and what may differ between two backends. */
export interface Case {
  readonly kernel: Kernel
  readonly inputs: Data[]
  readonly outputs: Data[]
  readonly scalars: number[]
  readonly aliases: (number | undefined)[]
  /** Tolerance in ULP of each output. */
  readonly ulps: number[]
}

/** Functions that are not exactly rounded, tried at the root of an expression only. */
const functions = [
  'exp',
  'exp2',
  'expm1',
  'log',
  'log2',
  'log10',
  'log1p',
  'sin',
  'cos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'asinh',
  'sigmoid',
  'erf',
  'erfc',
  'rsqrt',
] as const

/** Builds expressions whose every step is exact, so that two backends must agree to the bit. */
class ExpressionMaker {
  readonly #random: Random
  readonly #shape: readonly number[]
  readonly inputs: DType[] = []
  /** Inputs that are read by `load`, with their ranks. */
  readonly ranks = new Map<number, number>()
  scalars = 0
  #positional: boolean

  constructor(random: Random, shape: readonly number[]) {
    this.#random = random
    this.#shape = shape
    this.#positional = random.chance(0.3)
  }

  leaf(dtype: DType): Expr {
    const random = this.#random
    const known = this.inputs.flatMap((d, i) => (d === dtype && !this.ranks.has(i) ? [i] : []))
    if (known.length > 0 && random.chance(0.5)) return input(random.pick(known), dtype)
    const choice = random.next()
    if (choice < 0.15) return constant(random.int(-3, 5), dtype)
    if (choice < 0.25 && compute(dtype) === dtype) return scalar(this.scalars++, dtype)
    if (choice < 0.35 && this.#positional && dtype === 'int32' && this.#shape.length > 0) {
      return index(random.int(0, this.#shape.length - 1))
    }
    if (choice < 0.5 && this.#positional) return this.#load(dtype)
    // Storage types come in by a conversion.
    const stored = random.chance(0.2) ? random.pick(all) : dtype
    const i = this.inputs.push(stored) - 1
    return convert(input(i, stored), dtype)
  }

  #load(dtype: DType): Expr {
    const random = this.#random
    const rank = random.int(1, 3)
    const i = this.inputs.push(dtype) - 1
    this.ranks.set(i, rank)
    const coordinates = Array.from({ length: rank }, () => {
      const base =
        this.#shape.length > 0 ? index(random.int(0, this.#shape.length - 1)) : constant(1, 'int32')
      return base.add(random.int(-1, 2))
    })
    return load(i, dtype, coordinates)
  }

  expression(dtype: DType, depth: number): Expr {
    if (depth === 0) return this.leaf(dtype)
    const random = this.#random
    const sub = (to: DType = dtype) => this.expression(to, depth - 1)
    const { kind } = dtypes[dtype]
    const choice = random.next()
    if (choice < 0.1) return sub('bool').where(sub(), sub())
    if (choice < 0.25) return convert(sub(random.pick(arithmetic)), dtype)
    if (dtype === 'bool') {
      const operands = random.pick(arithmetic)
      if (random.chance(0.2)) return sub('bool').not()
      if (random.chance(0.2) && dtypes[operands].kind === 'float') return sub(operands).isnan()
      if (random.chance(0.3)) {
        return binary(random.pick(['and', 'or', 'xor', 'min', 'max']), sub('bool'), sub('bool'))
      }
      const op = random.pick(['lt', 'le', 'gt', 'ge', 'eq', 'ne'] as const)
      return binary(op, sub(operands), sub(operands))
    }
    if (kind === 'int') {
      if (random.chance(0.25)) return unary(random.pick(['neg', 'abs', 'sign', 'not']), sub())
      if (random.chance(0.1)) return sub().pow(sub().and(constant(7, dtype)))
      if (random.chance(0.15)) {
        return binary(random.pick(['shl', 'shr']), sub(), sub().and(constant(31, dtype)))
      }
      const ops = [
        'add',
        'sub',
        'mul',
        'div',
        'rem',
        'mod',
        'min',
        'max',
        'and',
        'or',
        'xor',
      ] as const
      return binary(random.pick(ops), sub(), sub())
    }
    if (random.chance(0.3)) {
      const ops = ['neg', 'abs', 'sign', 'floor', 'ceil', 'round', 'trunc', 'sqrt'] as const
      return unary(random.pick(ops), sub())
    }
    if (random.chance(0.2)) {
      // Which zero wins is nobody's business: the sum makes them one.
      return binary(random.pick(['min', 'max']), sub(), sub()).add(0)
    }
    return binary(random.pick(['add', 'sub', 'mul', 'div', 'rem', 'mod']), sub(), sub())
  }
}

/** A conversion that is specified: from floats to integers only of finite values. */
function convert(x: Expr, to: DType): Expr {
  const { kind } = dtypes[x.dtype]
  const isFloat = kind === 'float'
  if (isFloat && dtypes[to].kind === 'int') {
    const value = compute(x.dtype) === x.dtype ? x : x.cast('float32')
    return value
      .abs()
      .lt(2 ** 70)
      .where(value, constant(0, value.dtype))
      .cast(to)
  }
  return x.cast(to)
}

const specials = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
]

function element(random: Random, dtype: DType): number | bigint {
  switch (dtypes[dtype].kind) {
    case 'bool':
      return random.int(0, 1)
    case 'int': {
      const small = random.int(-4, 6)
      const value = random.chance(0.8) ? small : random.int(-(2 ** 31), 2 ** 31 - 1)
      return dtype === 'int64' && random.chance(0.1) ? BigInt(value) * 3000000019n : value
    }
    default: {
      const value = random.chance(0.15)
        ? random.pick(specials)
        : random.chance(0.1)
          ? (random.next() - 0.5) * 2 ** random.int(-140, 127)
          : Math.round((random.next() - 0.5) * 4000) / 100
      if (dtype === 'float16') return float16Bits(value)
      return dtype === 'bfloat16' ? bfloat16Bits(value) : value
    }
  }
}

/** Data of a shape in a random layout; `broadcast` allows strides of 0. */
export function layout(
  random: Random,
  dtype: DType,
  shape: readonly number[],
  broadcast: boolean,
  fixed: readonly number[] = [],
): Data {
  const rank = shape.length
  const order = random.chance(0.5) ? [...shape.keys()] : random.shuffled([...shape.keys()])
  const strides = new Array<number>(rank).fill(0)
  let span = 1
  for (const d of order.reverse()) {
    if (fixed.includes(d) || (broadcast && random.chance(0.2))) continue
    const gap = random.chance(0.15) ? random.int(2, 3) : 1
    strides[d] = span * gap
    span = strides[d] * Math.max(shape[d], 1)
  }
  const offset = random.chance(0.3) ? random.int(1, 5) : 0
  const length = offset + span + random.int(0, 3)
  const elements = new dtypes[dtype].array(length)
  for (let i = 0; i < length; i++) {
    const value = element(random, dtype)
    elements[i] = (dtype === 'int64' ? BigInt(value) : Number(value)) as never
  }
  return { dtype, elements, shape, strides, offset }
}

function randomShape(random: Random, smallest: number): number[] {
  const rank = random.int(smallest, 4)
  const large = random.chance(0.2) ? random.int(0, rank - 1) : -1
  return Array.from({ length: rank }, (_, d) =>
    d === large ? random.int(20, rank > 2 ? 60 : 300) : random.chance(0.03) ? 0 : random.int(1, 6),
  )
}

function operandsOf(random: Random, maker: ExpressionMaker, shape: readonly number[]): Data[] {
  return maker.inputs.map((dtype, i) => {
    const rank = maker.ranks.get(i)
    if (rank === undefined) return layout(random, dtype, shape, true)
    return layout(
      random,
      dtype,
      Array.from({ length: rank }, () => random.int(1, 7)),
      false,
    )
  })
}

const scalarsOf = (random: Random, count: number) =>
  Array.from({ length: count }, () =>
    random.chance(0.5) ? random.int(-5, 5) : random.int(-500, 500) / 64,
  )

function mapCase(random: Random): Case {
  const shape = randomShape(random, 0)
  const maker = new ExpressionMaker(random, shape)
  const ulps: number[] = []
  const values = Array.from({ length: random.chance(0.8) ? 1 : random.int(2, 3) }, () => {
    const dtype = random.pick(arithmetic)
    const value = maker.expression(dtype, random.int(0, 4))
    const isFunction = dtypes[dtype].kind === 'float' && random.chance(0.3)
    ulps.push(isFunction ? 4 : 0)
    if (isFunction) return unary(random.pick(functions), value)
    return random.chance(0.2) ? convert(value, random.pick(all)) : value
  })
  const kernel = kernels.map(values, maker.inputs)
  const inputs = operandsOf(random, maker, shape)
  const aliases = kernel.outputs.map((dtype): number | undefined => {
    if (kernel.outputs.length > 1 || !random.chance(0.3)) return undefined
    const i = inputs.findIndex(
      (d, at) =>
        d.dtype === dtype &&
        !kernel.loaded[at] &&
        !d.strides.some((s, k) => s === 0 && shape[k] > 1),
    )
    return i < 0 ? undefined : i
  })
  return {
    kernel,
    inputs,
    outputs: kernel.outputs.map((dtype, k) => {
      const alias = aliases[k]
      return alias === undefined ? layout(random, dtype, shape, false) : inputs[alias]
    }),
    scalars: scalarsOf(random, maker.scalars),
    aliases,
    ulps,
  }
}

function reduceCase(random: Random): Case {
  const shape = randomShape(random, 1)
  const reduced = random.int(1, shape.length)
  const maker = new ExpressionMaker(random, shape)
  const reductions = Array.from({ length: random.chance(0.8) ? 1 : 2 }, () => {
    const op = random.pick<ReduceOp>([
      'sum',
      'prod',
      'min',
      'max',
      'argmin',
      'argmax',
      'any',
      'all',
    ])
    const truth = op === 'any' || op === 'all'
    const candidates = arithmetic.filter((d) => {
      // Sums and products of floats are for a test with tolerances.
      if (op === 'sum' || op === 'prod') return dtypes[d].kind === 'int'
      return truth ? d === 'bool' : d !== 'bool' || op.startsWith('arg')
    })
    return { op, value: maker.expression(random.pick(candidates), random.int(0, 2)) }
  })
  const accs = reductions.map((r, k) => acc(k, kernels.reductionDType(r)))
  const values = accs.map((a) => {
    const { dtype } = a
    if (dtypes[dtype].kind === 'bool' || random.chance(0.6)) return a
    return a.add(maker.leaf(dtype))
  })
  const kernel = kernels.reduce(reductions, values, maker.inputs)
  const dims = [...shape.keys()].slice(shape.length - reduced)
  return {
    kernel,
    inputs: operandsOf(random, maker, shape),
    outputs: kernel.outputs.map((dtype) => layout(random, dtype, shape, false, dims)),
    scalars: scalarsOf(random, maker.scalars),
    aliases: [],
    ulps: values.map(() => 0),
  }
}

function scatterCase(random: Random): Case {
  const shape = randomShape(random, 0)
  const target = Array.from({ length: random.int(1, 3) }, () => random.int(1, 5))
  const maker = new ExpressionMaker(random, shape)
  // The first input spans the iteration shape.
  const first = maker.inputs.push(random.pick(arithmetic)) - 1
  const at = target.map((size) => {
    const i = maker.inputs.push('int32') - 1
    return input(i, 'int32')
      .mod(constant(size + 1, 'int32'))
      .sub(random.int(0, 1))
  })
  const dtype = random.pick(arithmetic)
  const value = convert(input(first, maker.inputs[first]), dtype)
  const into = random.chance(0.7) ? dtype : random.pick(all)
  const safe = dtypes[into].kind === 'int' && dtypes[dtype].kind === 'float' ? dtype : into
  const combine = random.pick(['assign', 'add', 'mul', 'min', 'max'] as const)
  const kernel = kernels.scatter(combine, at, value, safe, maker.inputs)
  return {
    kernel,
    inputs: operandsOf(random, maker, shape),
    outputs: [layout(random, safe, target, false)],
    scalars: [],
    aliases: [],
    ulps: [0],
  }
}

/** A random kernel of one of the required kinds, with operands. */
export function generate(random: Random): Case {
  const choice = random.next()
  if (choice < 0.6) return mapCase(random)
  return choice < 0.85 ? reduceCase(random) : scatterCase(random)
}
