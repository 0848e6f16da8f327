import { type DType, dtypes, isDType, isFloat } from '@sconce/backend'
import { check, RuntimeError, ValueError } from '../errors.ts'
import type { Schemas } from '../schema/types.ts'
import { sameShape } from '../shape.ts'
import { define, type FamilyImplementations } from '../table.ts'

/** Questions about tensors, which have an answer that is no tensor. */
export const querySchemas = {
  /** Whether shapes and all elements are equal. */
  equal: 'equal(Tensor self, Tensor other) -> bool',
  /** Whether all elements are close, as `isclose` defines it. */
  allclose:
    'allclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> bool',
  /** Whether the only element is not zero. */
  isNonzero: 'is_nonzero(Tensor self) -> bool',
  isSameSize: 'is_same_size(Tensor self, Tensor other) -> bool',
  /** Whether both are the same elements of the same storage. */
  isSetTo: 'is_set_to(Tensor self, Tensor tensor) -> bool',
  /** Whether the dtype has negative numbers. */
  isSigned: 'is_signed(Tensor self) -> bool',
  isFloatingPoint: 'is_floating_point(Tensor self) -> bool',
  isComplex: 'is_complex(Tensor self) -> bool',
  isConj: 'is_conj(Tensor self) -> bool',
  isNeg: 'is_neg(Tensor self) -> bool',
  isInference: 'is_inference(Tensor self) -> bool',
  numel: 'numel(Tensor self) -> int',
  nelement: 'nelement(Tensor self) -> int',
  ndimension: 'ndimension(Tensor self) -> int',
} as const satisfies Schemas

/** `Tensor.type`: the name of the tensor's type, or the tensor in another. */
export const typeSchemas = {
  type: ['type.to(Tensor self, str dtype) -> Tensor', 'type(Tensor self) -> str'],
} as const satisfies Schemas

const unsigned: readonly DType[] = ['uint8', 'bool']
const no = (): boolean => false

const implementations: FamilyImplementations<typeof querySchemas> = {
  equal: (a, b) => sameShape(a.shape, b.shape) && Boolean(a.eq(b).all().item()),
  allclose: (a, b, rtol, atol, equalNan) =>
    Boolean(a.isclose(b, rtol, atol, equalNan).all().item()),
  is_nonzero: (t) => {
    const count = t.numel()
    check(count > 0, () => 'Boolean value of Tensor with no values is ambiguous')
    check(count === 1, () => 'Boolean value of Tensor with more than one value is ambiguous')
    return Boolean(t.item())
  },
  is_same_size: (a, b) => sameShape(a.shape, b.shape),
  is_set_to: (a, b) =>
    a.storage === b.storage &&
    a.offset === b.offset &&
    sameShape(a.shape, b.shape) &&
    sameShape(a.strides, b.strides),
  is_signed: (t) => !unsigned.includes(t.dtype),
  is_floating_point: (t) => isFloat(t.dtype),
  is_complex: no,
  is_conj: no,
  is_neg: no,
  is_inference: (t) => t.version.inference,
  numel: (t) => t.numel(),
  nelement: (t) => t.numel(),
  ndimension: (t) => t.ndim,
}

define(querySchemas, implementations)

const typeName = (dtype: DType): string => `torch.${dtypes[dtype].scalarType}Tensor`

const typeImplementations: FamilyImplementations<typeof typeSchemas> = {
  type: (t) => typeName(t.dtype),
  'type.to': (t, name) => {
    const named = Object.keys(dtypes)
      .filter(isDType)
      .find((d) => d === name || typeName(d) === name)
    if (!named) throw new ValueError(`invalid type: '${name}'`)
    return t.to(named)
  },
}

define(typeSchemas, typeImplementations)

/** What complex numbers have, of real ones. */
export const realPartSchemas = {
  conjPhysical: 'conj_physical(Tensor self) -> Tensor!',
  imag: 'imag(Tensor self) -> Tensor',
} as const satisfies Schemas

const realPartImplementations: FamilyImplementations<typeof realPartSchemas> = {
  conj_physical: { run: (t) => t, inplace: () => {} },
  imag: () => {
    throw new RuntimeError('imag is not implemented for tensors with non-complex dtypes.')
  },
}

define(realPartSchemas, realPartImplementations)
