/** Backends that are broken in one way each, made of the cpu backend. */
import {
  type Backend,
  type Buffer,
  constant,
  contiguousStrides,
  type DType,
  dtypes,
  type Expr,
  type Kernel,
  kernels,
  newArray,
  type Operand,
  substitute,
  type TypedArray,
} from '@sconce/backend'
import { CpuBackend, type CpuBuffer } from '@sconce/backend-cpu'

type Run = Backend['run']
type RunArguments = Parameters<Run>

/** A cpu backend whose `run` is wrapped. */
class WrappedRun extends CpuBackend {
  readonly #wrap: (args: RunArguments, run: (...args: RunArguments) => void) => void

  constructor(
    name: string,
    wrap: (args: RunArguments, run: (...args: RunArguments) => void) => void,
  ) {
    super({ name })
    this.#wrap = wrap
  }

  override run(...args: RunArguments): void {
    this.#wrap(args, (...inner) => super.run(...inner))
  }
}

const elements = ({ buffer }: Operand): TypedArray => (buffer as CpuBuffer).data

/** Breaks the operands that go in. */
const brokenInputs = (name: string, change: (operand: Operand) => Operand) =>
  new WrappedRun(name, ([kernel, inputs, outputs, scalars], run) =>
    run(kernel, inputs.map(change), outputs, scalars),
  )

/** Breaks expressions of map and reduce kernels. */
function brokenExpressions(name: string, replace: (node: Expr) => Expr | undefined) {
  const change = (expr: Expr) => substitute(expr, replace)
  const rebuilt = (kernel: Kernel): Kernel => {
    if (kernel.kind === 'map') return kernels.map(kernel.values.map(change), kernel.inputs)
    if (kernel.kind !== 'reduce') return kernel
    const reductions = kernel.reductions.map(({ op, value }) => ({ op, value: change(value) }))
    return kernels.reduce(reductions, kernel.values.map(change), kernel.inputs)
  }
  return new WrappedRun(name, ([kernel, ...rest], run) => run(rebuilt(kernel), ...rest))
}

const isStrided = ({ shape, strides }: Operand): boolean =>
  shape.length > 1 && `${strides}` !== `${contiguousStrides(shape)}` && !strides.includes(0)

/** Queues kernels for later; a read does not wait for them. */
class EarlyReads extends CpuBackend {
  #queue: RunArguments[] = []

  override run(...args: RunArguments): void {
    if (this.#queue.push(args) === 1) setTimeout(() => this.#flush(), 0)
  }

  #flush(): void {
    const queue = this.#queue
    this.#queue = []
    for (const args of queue) super.run(...args)
  }

  override async synchronize(): Promise<void> {
    this.#flush()
  }
}

/** Keeps whatever was allocated, freed or not. */
class Leaks extends CpuBackend {
  readonly #kept: Buffer[] = []

  override allocate(dtype: DType, length: number): Buffer {
    const buffer = super.allocate(dtype, length)
    this.#kept.push(buffer)
    return buffer
  }

  override free(): void {}
}

/** Writes to the beginning, wherever it is told to. */
class WritesAtZero extends CpuBackend {
  override write(buffer: Buffer, data: TypedArray): void {
    super.write(buffer, data, 0)
  }
}

/** Hands out its own memory instead of a copy. */
class SharedReads extends CpuBackend {
  override async read(buffer: Buffer, offset: number, length: number): Promise<TypedArray> {
    return (buffer as CpuBuffer).data.subarray(offset, offset + length)
  }
}

/** Asks for memory that there is not, and goes on with less. */
class ShortMemory extends CpuBackend {
  override allocate(dtype: DType, length: number): Buffer {
    return super.allocate(dtype, Math.min(length, 2 ** 20))
  }
}

function sequentialSum([kernel, inputs, outputs, scalars]: RunArguments, run: Run): void {
  run(kernel, inputs, outputs, scalars)
  if (kernel.kind !== 'reduce') return
  const [{ op, value }] = kernel.reductions
  const [x] = inputs
  if (op !== 'sum' || value.op !== 'input' || x.dtype !== 'float32' || x.shape.length !== 1) return
  if (kernel.reductions.length > 1 || kernel.values[0].op !== 'acc') return
  let sum = 0
  for (let i = 0; i < x.shape[0]; i++)
    sum = Math.fround(sum + Number(elements(x)[x.offset + i * x.strides[0]]))
  elements(outputs[0])[outputs[0].offset] = sum
}

/** The first layouts that a kernel met, for every call of it with as many dims. */
function staleCache(name: string): CpuBackend {
  const seen = new Map<string, readonly Operand[]>()
  return new WrappedRun(name, ([kernel, inputs, outputs, scalars], run) => {
    const key = `${kernel.id} ${inputs.map(({ shape }) => shape.length)}`
    const known = seen.get(key) ?? inputs
    seen.set(key, known)
    const stale = inputs.map((operand, i) => ({ ...operand, strides: known[i].strides }))
    run(kernel, stale, outputs, scalars)
  })
}

/** The first scalars of a kernel, as if they had been compiled in. */
function bakedScalars(name: string): CpuBackend {
  const seen = new Map<number, number[]>()
  return new WrappedRun(name, ([kernel, inputs, outputs, scalars], run) => {
    const known = seen.get(kernel.id) ?? Array.from(scalars)
    seen.set(kernel.id, known)
    run(kernel, inputs, outputs, known)
  })
}

function swappedPadding([kernel, ...rest]: RunArguments, run: Run): void {
  if (kernel.kind !== 'conv') {
    run(kernel, ...rest)
    return
  }
  const { mode, dtype, stride, padding, dilation, groups, epilogue } = kernel
  const swapped = { stride, padding: padding.toReversed(), dilation, groups }
  run(kernels.conv(mode, dtype, swapped, epilogue), ...rest)
}

function lostDuplicates([kernel, ...rest]: RunArguments, run: Run): void {
  if (kernel.kind !== 'scatter' || kernel.combine !== 'add') {
    run(kernel, ...rest)
    return
  }
  const { at, value, inputs, outputs } = kernel
  run(kernels.scatter('assign', at, value, outputs[0], inputs), ...rest)
}

/** Half-precision results are cut off, not rounded. */
function truncatedHalf([kernel, inputs, outputs, scalars]: RunArguments, run: Run): void {
  run(kernel, inputs, outputs, scalars)
  for (const output of outputs) {
    if (output.dtype !== 'float16' || kernel.kind !== 'map') continue
    const data = elements(output)
    for (let i = 0; i < data.length; i++) data[i] = Number(data[i]) & ~1
  }
}

/** Writes an output in one piece, over the gaps of its layout. */
function fillsGaps([kernel, inputs, outputs, scalars]: RunArguments, run: Run): void {
  run(kernel, inputs, outputs, scalars)
  for (const output of outputs) {
    const { shape, strides, offset } = output
    if (shape.length !== 1 || strides[0] < 2) continue
    const data = elements(output)
    for (let i = 0; i + 1 < shape[0]; i++)
      data[offset + i * strides[0] + 1] = newArray(output.dtype, 1)[0]
  }
}

const isFloat = (dtype: DType): boolean => dtypes[dtype].kind === 'float'

/** What is broken, and a part of the kit that is to notice. */
export interface Mutant {
  readonly make: (name: string) => Backend
  readonly only: readonly string[]
}

export const mutants: Readonly<Record<string, Mutant>> = {
  'a stride is off by one': {
    make: (name) =>
      brokenInputs(name, (operand) =>
        isStrided(operand)
          ? { ...operand, strides: operand.strides.with(0, operand.strides[0] - 1) }
          : operand,
      ),
    only: ['layout/*', 'map/float32/*'],
  },
  'offsets are ignored': {
    make: (name) => brokenInputs(name, (operand) => ({ ...operand, offset: 0 })),
    only: ['layout/*'],
  },
  'dims of size 1 are not broadcast': {
    make: (name) =>
      brokenInputs(name, (operand) =>
        operand.strides.includes(0)
          ? { ...operand, strides: contiguousStrides(operand.shape) }
          : operand,
      ),
    only: ['map/float32/*', 'generated/add/float32'],
  },
  'NaN is lost in min and max': {
    make: (name) =>
      brokenExpressions(name, ({ op, dtype, args: [a, b] }) => {
        if (!isFloat(dtype)) return undefined
        if (op === 'min') return a.lt(b).where(a, b)
        return op === 'max' ? a.gt(b).where(a, b) : undefined
      }),
    only: ['expr/m*'],
  },
  'floor truncates': {
    make: (name) =>
      brokenExpressions(name, ({ op, args }) => (op === 'floor' ? args[0].trunc() : undefined)),
    only: ['expr/floor*'],
  },
  'remainders take the sign of the dividend': {
    make: (name) =>
      brokenExpressions(name, ({ op, args: [a, b] }) => (op === 'mod' ? a.rem(b) : undefined)),
    only: ['expr/mod*'],
  },
  'exp is good to four digits': {
    make: (name) =>
      brokenExpressions(name, (node) =>
        node.op === 'exp' && node.args[0].op !== 'mul'
          ? node.args[0].mul(constant(1, node.dtype)).exp().mul(1.0001)
          : undefined,
      ),
    only: ['expr/exp*'],
  },
  'duplicates are lost in scatter': {
    make: (name) => new WrappedRun(name, lostDuplicates),
    only: ['scatter/*'],
  },
  'long sums run in float32': {
    make: (name) => new WrappedRun(name, sequentialSum),
    only: ['reduce/long*', 'generated/large*'],
  },
  'buffers leak': {
    make: (name) => new Leaks({ name }),
    only: ['robustness/*flat*'],
  },
  'float16 is truncated': {
    make: (name) => new WrappedRun(name, truncatedHalf),
    only: ['expr/cast/*'],
  },
  'the padding of a convolution is swapped': {
    make: (name) => new WrappedRun(name, swappedPadding),
    only: ['kernel/conv*'],
  },
  'a cache outlives a change of layout': { make: staleCache, only: ['layout/*', 'map/float32/*'] },
  'scalars are compiled in': { make: bakedScalars, only: ['map/float32/*'] },
  'reads come before kernels are done': {
    make: (name) => new EarlyReads({ name }),
    only: ['robustness/reads*', 'robustness/a long chain*', 'storage/*', 'layout/*'],
  },
  'reads share memory': { make: (name) => new SharedReads({ name }), only: ['storage/*'] },
  'writes ignore where': { make: (name) => new WritesAtZero({ name }), only: ['storage/*'] },
  'gaps between elements are overwritten': {
    make: (name) => new WrappedRun(name, fillsGaps),
    only: ['layout/*', 'map/float32/*'],
  },
  'memory that is not there is given': {
    make: (name) => new ShortMemory({ name }),
    only: ['robustness/out*'],
  },
}
