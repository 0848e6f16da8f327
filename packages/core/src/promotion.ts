import { type DType, dtypes } from '@sconce/backend'
import { type Scalar, scalarKind } from './scalar.ts'

/** PyTorch's lattice of type promotion (`c10/core/ScalarType.cpp`), smallest first. */
const order: readonly DType[] = [
  'bool',
  'uint8',
  'int8',
  'int16',
  'int32',
  'int64',
  'float16',
  'bfloat16',
  'float32',
  'float64',
]
const rank: Readonly<Record<string, number>> = Object.fromEntries(order.map((d, i) => [d, i]))

/** The dtype of PyTorch's default float; torch.get_default_dtype(). */
export const defaultFloat: DType = 'float32'
/** The integer dtype of indices and of sums of small integers. */
export const defaultInt: DType = 'int32'

/** `torch.promote_types`. */
export function promoteTypes(a: DType, b: DType): DType {
  if (a === b) return a
  const [low, high] = rank[a] < rank[b] ? [a, b] : [b, a]
  // The two pairs that have no order among themselves.
  if (low === 'uint8' && dtypes[high].kind === 'int' && high === 'int8') return 'int16'
  if (low === 'float16' && high === 'bfloat16') return 'float32'
  return high
}

const categories = { bool: 0, int: 1, float: 2 } as const

/** What type promotion looks at: a tensor's dtype and whether it has dims, or a scalar's kind. */
export type Promotable = { readonly dtype: DType; readonly shape: readonly number[] } | Scalar

const isTensorLike = (
  x: Promotable,
): x is { readonly dtype: DType; readonly shape: readonly number[] } =>
  typeof x === 'object' && 'shape' in x

/**
 * `torch.result_type`: tensors with dims decide first; 0-d tensors and then scalars only raise the
 * category (bool < integer < float), not the width.
 */
export function resultType(operands: readonly Promotable[]): DType {
  let dimmed: DType | undefined
  let zeroDim: DType | undefined
  let wrapped: DType | undefined
  for (const x of operands) {
    if (isTensorLike(x)) {
      if (x.shape.length > 0) dimmed = dimmed ? promoteTypes(dimmed, x.dtype) : x.dtype
      else zeroDim = zeroDim ? promoteTypes(zeroDim, x.dtype) : x.dtype
    } else {
      const dtype = scalarDType(x)
      wrapped = wrapped ? promoteTypes(wrapped, dtype) : dtype
    }
  }
  return raise(raise(dimmed, zeroDim), wrapped) ?? defaultFloat
}

function raise(higher: DType | undefined, lower: DType | undefined): DType | undefined {
  if (!higher) return lower
  if (!lower) return higher
  const category = (d: DType) => categories[dtypes[d].kind]
  return category(lower) > category(higher) ? lower : higher
}

/** The dtype that a scalar has on its own. */
export function scalarDType(value: Scalar): DType {
  if (typeof value === 'bigint') return 'int64'
  const kind = scalarKind(value)
  return kind === 'float' ? defaultFloat : kind === 'int' ? defaultInt : 'bool'
}

/** `torch.can_cast`: no float to integer, no number to bool. */
export const canCast = (from: DType, to: DType): boolean =>
  categories[dtypes[from].kind] <= categories[dtypes[to].kind]
