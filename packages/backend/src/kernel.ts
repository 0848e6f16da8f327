import { type DType, dtypes, isFloat } from './dtype.ts'
import { InvalidKernel } from './errors.ts'
import { Expr, print, visit } from './expr.ts'
import { shared } from './shared.ts'

/**
 * Kernels are plain, immutable, structurally interned data: the same structure is the same object,
 * with a small integer `id` for caches.
 *
 * Every operand spans the *iteration shape* of the kernel (broadcast dims have stride 0), except
 * operands that are only read through `load`, the target of a `scatter`, and the operands of
 * `matmul`, `conv` and `attention`, which have the shapes that those kinds state.
 */
interface KernelBase {
  readonly id: number
  /** Storage dtypes of the inputs, in order. */
  readonly inputs: readonly DType[]
  /** Storage dtypes of the outputs, in order. */
  readonly outputs: readonly DType[]
  /** Number of run-time scalars. */
  readonly scalars: number
  /** Whether an expression asks for `index` or `load`: then layouts are not coalesced. */
  readonly positional: boolean
  /** For each input whether it is read through `load`, over its own shape; never both ways. */
  readonly loaded: readonly boolean[]
}

/** Each output element is an expression of the input elements at the same index. */
export interface MapKernel extends KernelBase {
  readonly kind: 'map'
  readonly values: readonly Expr[]
}

export type ReduceOp = 'sum' | 'prod' | 'min' | 'max' | 'argmin' | 'argmax' | 'any' | 'all'

/** One accumulator of a reduction. */
export interface Reduction {
  readonly op: ReduceOp
  /** What is accumulated, over the iteration shape. */
  readonly value: Expr
}

/**
 * Collapses trailing dims of the iteration shape: an output has stride 0 along the reduced dims (see
 * `reducedRank`). `acc(k)` in `values` is the k-th accumulator: of the reduced value's dtype, but
 * int32 for argmin/argmax (the row-major position within the reduced dims) and bool for any/all.
 * Sums are pairwise, blocked or otherwise compensated. min/max and argmin/argmax take NaN for the
 * extreme; ties go to the first. Over nothing: 0, 1, ±inf (or the integer's limits), false, true, and 0
 * for the positions. Inputs in `values` are read at position 0 of the reduced dims.
 */
export interface ReduceKernel extends KernelBase {
  readonly kind: 'reduce'
  readonly reductions: readonly Reduction[]
  readonly values: readonly Expr[]
}

export type Combine = 'assign' | 'add' | 'mul' | 'min' | 'max'

/**
 * Writes `value` into the single output at int32 coordinates `at` (one per dim of the output). The
 * first input spans the iteration shape. Elements whose coordinates are outside are dropped; with
 * duplicates `assign` leaves the value of the last in row-major order, the others combine all.
 * What isn't written keeps its contents.
 */
export interface ScatterKernel extends KernelBase {
  readonly kind: 'scatter'
  readonly combine: Combine
  readonly at: readonly Expr[]
  readonly value: Expr
}

/**
 * Batched matrix product: inputs `a [...batch, m, k]`, `b [...batch, k, n]`, any strides, then the
 * epilogue's operands, which span the output `[...batch, m, n]`. The output is `epilogue`, where
 * `acc(0)` is the product and `input(2)`… are the further operands.
 */
export interface MatmulKernel extends KernelBase {
  readonly kind: 'matmul'
  readonly dtype: DType
  readonly epilogue: Expr
}

export type ConvMode = 'forward' | 'inputGradient' | 'weightGradient'

/** What makes two convolutions the same kernel; one number per spatial dim. */
export interface ConvGeometry {
  readonly stride: readonly number[]
  readonly padding: readonly number[]
  readonly dilation: readonly number[]
  readonly groups: number
}

/**
 * N-d cross-correlation on `x [n, cIn, ...space]`, `w [cOut, cIn/groups, ...window]`,
 * `y [n, cOut, ...space']`. `forward` takes (x, w) to y; `inputGradient` (gy, w) to gx;
 * `weightGradient` (x, gy) to gw. Further inputs span the output, for the epilogue, as in matmul.
 */
export interface ConvKernel extends KernelBase, ConvGeometry {
  readonly kind: 'conv'
  readonly mode: ConvMode
  readonly dtype: DType
  readonly epilogue: Expr
}

export type ScanOp = 'sum' | 'prod' | 'min' | 'max' | 'logsumexp'

/**
 * Inclusive scan along the last dim. `acc(0)` in `values` is the running result; for min and max
 * `acc(1)` is the int32 position it came from (ties: the later one, NaN wins and stays, as PyTorch).
 */
export interface ScanKernel extends KernelBase {
  readonly kind: 'scan'
  readonly op: ScanOp
  readonly value: Expr
  readonly values: readonly Expr[]
}

/**
 * Stable sort along the last dim: outputs are the sorted values and their int32 positions. NaN is
 * greater than everything. An output whose last dim is shorter (k) gets the first k of the order.
 */
export interface SortKernel extends KernelBase {
  readonly kind: 'sort'
  readonly dtype: DType
  readonly descending: boolean
}

/**
 * Softmax, or log-softmax, over the last dim. Forward: x to y. Backward: (gy, y) to gx.
 */
export interface SoftmaxKernel extends KernelBase {
  readonly kind: 'softmax'
  readonly dtype: DType
  readonly log: boolean
  readonly backward: boolean
}

/**
 * Normalisation over trailing dims, told by the stride 0 of `mean` and `rstd`. Scalar 0 is eps.
 * Forward: (x, [weight], [bias]) to (y, mean, rstd), y = (x - mean) · rstd · weight + bias.
 * Backward: (gy, x, mean, rstd, [weight]) to gx. All operands span the shape of x.
 */
export interface NormalizeKernel extends KernelBase {
  readonly kind: 'normalize'
  readonly dtype: DType
  readonly backward: boolean
  readonly weight: boolean
  readonly bias: boolean
}

/**
 * Scaled dot-product attention: (q [...batch, l, e], k [...batch, s, e], v [...batch, s, f],
 * [mask [...batch, l, s], added]) to [...batch, l, f]. Scalar 0 is the scale. `causal` masks s > l.
 */
export interface AttentionKernel extends KernelBase {
  readonly kind: 'attention'
  readonly dtype: DType
  readonly causal: boolean
  readonly mask: boolean
}

export type Kernel =
  | MapKernel
  | ReduceKernel
  | ScatterKernel
  | MatmulKernel
  | ConvKernel
  | ScanKernel
  | SortKernel
  | SoftmaxKernel
  | NormalizeKernel
  | AttentionKernel

export type KernelKind = Kernel['kind']

/** What every backend must run; all other kinds can be lowered to these. */
export const requiredKinds: readonly KernelKind[] = ['map', 'reduce', 'scatter']
export const optionalKinds: readonly KernelKind[] = [
  'matmul',
  'conv',
  'scan',
  'sort',
  'softmax',
  'normalize',
  'attention',
]

type Fields<K extends Kernel> = Omit<
  K,
  'id' | 'inputs' | 'outputs' | 'scalars' | 'positional' | 'loaded'
>

const table = shared('kernels', () => new Map<string, Kernel>())

/**
 * What a kernel is identified by: its fields in order, expressions by id. Ops make their kernels on
 * every call, so this is much of what a small op costs.
 */
function keyOf(value: unknown): string {
  if (value instanceof Expr) return `#${value.id}`
  if (typeof value !== 'object' || value === null) return String(value)
  let key = '['
  for (const item of Array.isArray(value) ? value : Object.values(value)) key += `${keyOf(item)},`
  return `${key}]`
}

/** A frozen copy of a kernel's field; expressions are frozen already. */
function frozen<T>(value: T): T
function frozen(value: unknown): unknown {
  if (value instanceof Expr || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(frozen))
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([name, field]) => [name, frozen(field)])),
  )
}

/** The kernel of these fields: a known one, or a new one after `check` of what it must fulfil. */
function intern<K extends Kernel>(
  fields: Fields<K>,
  expressions: readonly Expr[],
  inputs: readonly DType[],
  outputs: readonly DType[],
  check?: () => void,
): K {
  const key = `${keyOf(fields)}${keyOf(inputs)}${keyOf(outputs)}`
  const known = table.get(key)
  if (known) return known as K
  check?.()
  const kernel = Object.freeze({
    ...frozen(fields),
    id: table.size,
    inputs: frozen(inputs),
    outputs: frozen(outputs),
    ...survey(fields.kind, expressions, inputs),
  }) as K
  table.set(key, kernel)
  return kernel
}

/** Checks the leaves of the expressions against the inputs; counts scalars. */
function survey(
  kind: KernelKind,
  expressions: readonly Expr[],
  inputs: readonly DType[],
): Pick<KernelBase, 'scalars' | 'positional' | 'loaded'> {
  let scalars = 0
  let positional = false
  const mapped = inputs.map(() => false)
  const loaded = inputs.map(() => false)
  visit(expressions, (node) => {
    if (node.op === 'scalar') scalars = Math.max(scalars, node.value + 1)
    if (node.op === 'index' || node.op === 'load') positional = true
    if (node.op === 'input' || node.op === 'load') {
      const dtype = inputs[node.value]
      if (dtype !== node.dtype) {
        throw new InvalidKernel(
          `${kind}: ${print(node)} is ${node.dtype}, but input ${node.value} is ${dtype ?? 'absent'}`,
        )
      }
      ;(node.op === 'load' ? loaded : mapped)[node.value] = true
      if (mapped[node.value] && loaded[node.value]) {
        throw new InvalidKernel(
          `${kind}: input ${node.value} is read both at the index and by load`,
        )
      }
    }
  })
  return { scalars, positional, loaded: Object.freeze(loaded) }
}

/** Input dtypes as the expressions name them; positions must have no gaps. */
export function inputDTypes(expressions: readonly Expr[]): DType[] {
  const found: DType[] = []
  visit(expressions, (node) => {
    if (node.op === 'input' || node.op === 'load') found[node.value] = node.dtype
  })
  for (let i = 0; i < found.length; i++) {
    if (found[i] === undefined) throw new InvalidKernel(`input ${i} is not used by any expression`)
  }
  return found
}

const forbidAcc = (kind: KernelKind, expressions: readonly Expr[]): void =>
  visit(expressions, (node) => {
    if (node.op === 'acc') throw new InvalidKernel(`${kind}: acc outside of an epilogue`)
  })

/** Half precision is for storage: what is accumulated has to be cast to its compute type first. */
function forbidHalf(kind: KernelKind, values: readonly Expr[]): void {
  for (const { dtype } of values) {
    if (dtypes[dtype].compute !== dtype) throw new InvalidKernel(`${kind}: not defined on ${dtype}`)
  }
}

/** A map kernel; `inputs` defaults to the operands that the expressions name. */
export function map(
  values: readonly Expr[],
  inputs: readonly DType[] = inputDTypes(values),
): MapKernel {
  if (values.length === 0) throw new InvalidKernel('map: no outputs')
  return intern<MapKernel>(
    { kind: 'map', values },
    values,
    inputs,
    values.map((v) => v.dtype),
    () => forbidAcc('map', values),
  )
}

/** The dtype of a reduction's accumulator. */
export function reductionDType({ op, value }: Reduction): DType {
  return op === 'argmin' || op === 'argmax' ? 'int32' : value.dtype
}

/** A reduce kernel. `values` may use `acc(k, reductionDType(reductions[k]))`. */
export function reduce(
  reductions: readonly Reduction[],
  values: readonly Expr[],
  inputs: readonly DType[] = inputDTypes([...reductions.map((r) => r.value), ...values]),
): ReduceKernel {
  const accumulated = reductions.map((r) => r.value)
  return intern<ReduceKernel>(
    { kind: 'reduce', reductions: reductions.map(({ op, value }) => ({ op, value })), values },
    [...accumulated, ...values],
    inputs,
    values.map((v) => v.dtype),
    () => {
      checkReductions(reductions, values)
      forbidAcc('reduce', accumulated)
      forbidHalf('reduce', accumulated)
      checkAccs('reduce', values, reductions.map(reductionDType))
    },
  )
}

function checkReductions(reductions: readonly Reduction[], values: readonly Expr[]): void {
  if (reductions.length === 0 || values.length === 0) throw new InvalidKernel('reduce: no outputs')
  for (const { op, value } of reductions) {
    const truth = op === 'any' || op === 'all'
    if (truth !== (value.dtype === 'bool') && !(value.dtype === 'bool' && op.startsWith('arg'))) {
      throw new InvalidKernel(`reduce: ${op} of ${value.dtype}`)
    }
  }
}

function checkAccs(kind: KernelKind, values: readonly Expr[], dtypes: readonly DType[]): void {
  visit(values, (node) => {
    if (node.op === 'acc' && dtypes[node.value] !== node.dtype) {
      throw new InvalidKernel(`${kind}: ${print(node)} is not ${node.dtype}`)
    }
  })
}

/** A scatter kernel; `at` are int32 coordinates, one per dim of the target. */
export function scatter(
  combine: Combine,
  at: readonly Expr[],
  value: Expr,
  target: DType = value.dtype,
  inputs: readonly DType[] = inputDTypes([...at, value]),
): ScatterKernel {
  const expressions = [...at, value]
  return intern<ScatterKernel>(
    { kind: 'scatter', combine, at, value },
    expressions,
    inputs,
    [target],
    () => {
      forbidAcc('scatter', expressions)
      for (const { dtype } of at) {
        if (dtype !== 'int32')
          throw new InvalidKernel(`scatter: a coordinate is ${dtype}, not int32`)
      }
    },
  )
}

function contraction(dtype: DType, epilogue: Expr): DType[] {
  const inputs: DType[] = [dtype, dtype]
  if (epilogue.op === 'acc') return inputs
  visit([epilogue], (node) => {
    if (node.op === 'input') inputs[node.value] = node.dtype
  })
  return inputs
}

/**
 * A matmul kernel on operands of `dtype`; the epilogue is an expression of `acc(0)`, which has the
 * dtype's compute type, and `input(2…)`.
 */
export function matmul(dtype: DType, epilogue: Expr): MatmulKernel {
  return intern<MatmulKernel>(
    { kind: 'matmul', dtype, epilogue },
    [epilogue],
    contraction(dtype, epilogue),
    [epilogue.dtype],
    () => checkAccs('matmul', [epilogue], [dtypes[dtype].compute]),
  )
}

/** A convolution kernel; epilogue as in `matmul`. */
export function conv(
  mode: ConvMode,
  dtype: DType,
  { stride, padding, dilation, groups }: ConvGeometry,
  epilogue: Expr,
): ConvKernel {
  return intern<ConvKernel>(
    { kind: 'conv', mode, dtype, stride, padding, dilation, groups, epilogue },
    [epilogue],
    contraction(dtype, epilogue),
    [epilogue.dtype],
    () => checkAccs('conv', [epilogue], [dtypes[dtype].compute]),
  )
}

/** A scan kernel along the last dim. */
export function scan(
  op: ScanOp,
  value: Expr,
  values: readonly Expr[],
  inputs: readonly DType[] = inputDTypes([value, ...values]),
): ScanKernel {
  const found = op === 'min' || op === 'max'
  return intern<ScanKernel>(
    { kind: 'scan', op, value, values },
    [value, ...values],
    inputs,
    values.map((v) => v.dtype),
    () => {
      forbidAcc('scan', [value])
      forbidHalf('scan', [value])
      checkAccs('scan', values, found ? [value.dtype, 'int32'] : [value.dtype])
    },
  )
}

/** A sort kernel along the last dim. */
export const sort = (dtype: DType, descending: boolean): SortKernel =>
  intern<SortKernel>({ kind: 'sort', dtype, descending }, [], [dtype], [dtype, 'int32'])

/** A softmax or log-softmax kernel over the last dim, or its backward. */
export function softmax(dtype: DType, log: boolean, backward: boolean): SoftmaxKernel {
  if (!isFloat(dtype)) throw new InvalidKernel(`softmax of ${dtype}`)
  return intern<SoftmaxKernel>(
    { kind: 'softmax', dtype, log, backward },
    [],
    backward ? [dtype, dtype] : [dtype],
    [dtype],
  )
}

/** A normalisation kernel, or its backward. */
export function normalize(
  dtype: DType,
  options: { backward: boolean; weight: boolean; bias: boolean },
): NormalizeKernel {
  const { backward, weight, bias } = options
  const count = backward ? 4 + Number(weight) : 1 + Number(weight) + Number(bias)
  const kernel: Fields<NormalizeKernel> = { kind: 'normalize', dtype, backward, weight, bias }
  return intern<NormalizeKernel>(
    kernel,
    [],
    Array<DType>(count).fill(dtype),
    Array<DType>(backward ? 1 : 3).fill(dtype),
  )
}

/** A fused attention kernel. */
export const attention = (dtype: DType, causal: boolean, mask: boolean): AttentionKernel =>
  intern<AttentionKernel>(
    { kind: 'attention', dtype, causal, mask },
    [],
    Array<DType>(mask ? 4 : 3).fill(dtype),
    [dtype],
  )

/** Readable one-line form of a kernel. */
export function printKernel(kernel: Kernel): string {
  const exprs = (list: readonly Expr[]) => list.map(print).join(', ')
  const head = `${kernel.kind}#${kernel.id}(${kernel.inputs.join(', ')}) -> ${kernel.outputs.join(', ')}`
  switch (kernel.kind) {
    case 'map':
      return `${head} { ${exprs(kernel.values)} }`
    case 'reduce': {
      const reductions = kernel.reductions.map((r, k) => `acc${k} = ${r.op} ${print(r.value)}`)
      return `${head} { ${reductions.join('; ')}; ${exprs(kernel.values)} }`
    }
    case 'scatter':
      return `${head} { [${exprs(kernel.at)}] ${kernel.combine} ${print(kernel.value)} }`
    case 'matmul':
      return `${head} { ${print(kernel.epilogue)} }`
    case 'conv': {
      const { mode, stride, padding, dilation, groups } = kernel
      const geometry = `stride ${stride}, padding ${padding}, dilation ${dilation}, groups ${groups}`
      return `${head} { ${mode}, ${geometry}; ${print(kernel.epilogue)} }`
    }
    case 'scan':
      return `${head} { acc0 = ${kernel.op} ${print(kernel.value)}; ${exprs(kernel.values)} }`
    case 'sort':
      return `${head} { ${kernel.descending ? 'descending' : 'ascending'} }`
    case 'softmax':
      return `${head} { ${kernel.log ? 'log ' : ''}${kernel.backward ? 'backward' : 'forward'} }`
    case 'normalize':
      return `${head} { ${kernel.backward ? 'backward' : 'forward'} }`
    case 'attention':
      return `${head} { ${kernel.causal ? 'causal' : 'full'} }`
    default:
      return kernel satisfies never
  }
}
