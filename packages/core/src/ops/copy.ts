import { type DType, input, kernels } from '@sconce/backend'
import { getDevice } from '../device.ts'
import { check, sizes } from '../errors.ts'
import { overlapsPartially, runMap, runMapInto } from '../kernel-call.ts'
import { byDTypes } from '../kernel-memo.ts'
import { checkWritable } from '../pointwise/run.ts'
import type { Schemas } from '../schema/types.ts'
import { broadcastShapes, sameShape } from '../shape.ts'
import { define, type FamilyImplementations } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'

/** Copies, casts and moves between devices. */
export const copySchemas = {
  /** A copy with a storage of its own; `torch.clone`. */
  clone: 'clone(Tensor self, *, str? memory_format=None) -> Tensor',
  /** Overwrites with the broadcast elements of `src`, cast; `Tensor.copy_`. */
  copy: 'copy(Tensor self, Tensor src, bool non_blocking=False) -> Tensor!',
  /** Row-major: the tensor itself if it is already; `Tensor.contiguous`. */
  contiguous: 'contiguous(Tensor self, *, str? memory_format=None) -> Tensor',
  /** The same values in another dtype; the tensor itself if nothing changes. */
  to: [
    'to(Tensor self, ScalarType dtype, *, bool copy=False) -> Tensor',
    'to.device(Tensor self, Device device, ScalarType? dtype=None, *, bool copy=False) -> Tensor',
    'to.other(Tensor self, Tensor other, *, bool copy=False) -> Tensor',
  ],
  typeAs: 'type_as(Tensor self, Tensor other) -> Tensor',
  /** The cast and move that `to` is made of; autograd knows its derivative. */
  toCopy: '_to_copy(Tensor self, *, ScalarType? dtype=None, Device? device=None) -> Tensor',
  float: 'float(Tensor self) -> Tensor',
  double: 'double(Tensor self) -> Tensor',
  half: 'half(Tensor self) -> Tensor',
  bfloat16: 'bfloat16(Tensor self) -> Tensor',
  int: 'int(Tensor self) -> Tensor',
  long: 'long(Tensor self) -> Tensor',
  short: 'short(Tensor self) -> Tensor',
  char: 'char(Tensor self) -> Tensor',
  byte: 'byte(Tensor self) -> Tensor',
  bool: 'bool(Tensor self) -> Tensor',
} as const satisfies Schemas

const cast = byDTypes((from, to) => kernels.map([input(0, from).cast(to)], [from]))

/** Strides for a dense copy in the order of the source's dims, as PyTorch's preserve_format. */
function clone(t: Tensor): Tensor {
  return runMap(cast(t.dtype, t.dtype), [t], t.shape)[0]
}

function copyInto(self: Tensor, source: Tensor): void {
  const shape = broadcastShapes(self.shape, source.shape)
  check(
    sameShape(shape, self.shape),
    () =>
      `output with shape ${sizes(self.shape)} doesn't match the broadcast shape ${sizes(shape)}`,
  )
  checkWritable(self)
  const moved =
    source.storage.device === self.storage.device ? source : toCopy(source, undefined, self.device)
  const safe = overlapsPartially(moved, self) ? clone(moved) : moved
  runMapInto(self, cast(safe.dtype, self.dtype), [safe])
}

function toCopy(t: Tensor, dtype: DType | undefined, device: string | undefined): Tensor {
  const target = device === undefined ? t.storage.device : getDevice(device)
  if (target === t.storage.device) {
    return runMap(cast(t.dtype, dtype ?? t.dtype), [t], t.shape)[0]
  }
  // Cast where both dtypes are held: before the upload if the target lacks the source's dtype.
  const { info } = target.backend
  const ready =
    dtype !== undefined && !info.dtypes[t.dtype]?.storage ? toCopy(t, dtype, undefined) : t
  const result = makeTensor(target, ready.dtype, t.shape)
  if (t.numel() > 0) target.backend.write(result.storage.use(), ready.toTypedArray())
  return dtype === undefined || dtype === ready.dtype ? result : toCopy(result, dtype, undefined)
}

function to(
  t: Tensor,
  dtype: DType | undefined,
  device: string | undefined,
  copy: boolean,
): Tensor {
  const same =
    (dtype === undefined || dtype === t.dtype) &&
    (device === undefined || getDevice(device) === t.storage.device)
  return same && !copy ? t : t.toCopy({ dtype, device })
}

const caster = (dtype: DType) => (t: Tensor) => to(t, dtype, undefined, false)

const implementations: FamilyImplementations<typeof copySchemas> = {
  clone,
  copy: { run: (self, src) => clone(src.expand(self.shape)), inplace: copyInto },
  contiguous: (t) => (t.isContiguous() ? t : t.clone()),
  to: (t, dtype, copy) => to(t, dtype, undefined, copy),
  'to.device': (t, device, dtype, copy) => to(t, dtype, device, copy),
  'to.other': (t, other, copy) => to(t, other.dtype, other.device, copy),
  type_as: (t, other) => to(t, other.dtype, undefined, false),
  _to_copy: toCopy,
  float: caster('float32'),
  double: caster('float64'),
  half: caster('float16'),
  bfloat16: caster('bfloat16'),
  int: caster('int32'),
  long: caster('int64'),
  short: caster('int16'),
  char: caster('int8'),
  byte: caster('uint8'),
  bool: caster('bool'),
}

define(copySchemas, implementations)
