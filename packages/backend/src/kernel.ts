import type { DType } from './dtype.ts'
import { type Expr, print } from './expr.ts'

/**
 * Kernels are plain, immutable, structurally interned data: the same structure is the same object,
 * with a small integer `id` for caches.
 *
 * Every operand spans the *iteration shape* of the kernel (broadcast dims have stride 0), except
 * operands that are only read through `load`, the target of a `scatter`, and the operands of
 * `matmul`, `conv` and `attention`, which have the shapes that those kinds state.
 */
export interface KernelBase {
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
