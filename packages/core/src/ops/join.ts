import { elementCount, input } from '@sconce/backend'
import { commonDevice, type Device } from '../device.ts'
import { check, sizes } from '../errors.ts'
import { mapInto } from '../kernel-call.ts'
import { promoteTypes } from '../promotion.ts'
import type { Schemas } from '../schema/types.ts'
import { wrapDim } from '../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import { makeTensor, type Tensor } from '../tensor.ts'

/** Ops that put tensors together. */
export const joinSchemas = {
  /** `torch.cat`: along an existing dim. */
  cat: 'cat(Tensor[] tensors, int dim=0) -> Tensor',
  concat: 'concat(Tensor[] tensors, int dim=0) -> Tensor',
  /** `torch.stack`: along a new dim. */
  stack: 'stack(Tensor[] tensors, int dim=0) -> Tensor',
} as const satisfies Schemas

/** Old PyTorch code concatenates with `torch.tensor([])`: a 1-d empty tensor fits everything. */
const isNothing = (t: Tensor): boolean => t.ndim === 1 && t.shape[0] === 0

function cat(tensors: Tensor[], dim: number): Tensor {
  check(tensors.length > 0, () => 'torch.cat(): expected a non-empty list of Tensors')
  tensors.forEach((t, i) => {
    check(t.ndim > 0, () => `zero-dimensional tensor (at position ${i}) cannot be concatenated`)
  })
  const device = commonDevice(tensors) as Device
  const model = tensors.find((t) => !isNothing(t)) ?? tensors[0]
  const d = wrapDim(dim, model.ndim)
  const used = tensors.filter((t) => !isNothing(t) || model.ndim === 1)
  used.forEach((t) => {
    check(
      t.ndim === model.ndim,
      () => `Tensors must have same number of dimensions: got ${model.ndim} and ${t.ndim}`,
    )
    const position = tensors.indexOf(t)
    for (let k = 0; k < t.ndim; k++) {
      check(
        k === d || t.shape[k] === model.shape[k],
        () =>
          `Sizes of tensors must match except in dimension ${d}. Expected size ${model.shape[k]} but got size ${t.shape[k]} for tensor number ${position} in the list.`,
      )
    }
  })
  const dtype = tensors.map((t) => t.dtype).reduce(promoteTypes)
  const shape = model.shape.slice()
  shape[d] = used.reduce((length, t) => length + t.shape[d], 0)
  const result = makeTensor(device, dtype, shape)
  let start = 0
  for (const t of used) {
    const part = {
      storage: result.storage,
      dtype,
      shape: t.shape,
      strides: result.strides,
      offset: result.offset + start * result.strides[d],
    }
    if (elementCount(t.shape) > 0) mapInto(part, input(0, t.dtype).cast(dtype), [t])
    start += t.shape[d]
  }
  return result
}

const implementations: FamilyImplementations<typeof joinSchemas> = {
  cat,
  concat: (tensors, dim) => joined(tensors, dim),
  stack: (tensors, dim) => {
    check(tensors.length > 0, () => 'stack expects a non-empty TensorList')
    const [first] = tensors
    const d = wrapDim(dim, first.ndim + 1)
    tensors.forEach((t, i) => {
      check(
        sizes(t.shape) === sizes(first.shape),
        () =>
          `stack expects each tensor to be equal size, but got ${sizes(first.shape)} at entry 0 and ${sizes(t.shape)} at entry ${i}`,
      )
    })
    return joined(
      tensors.map((t) => t.unsqueeze(d)),
      d,
    )
  },
}

define(joinSchemas, implementations)

/** `cat` through the dispatcher, so that it is recorded. */
const joined = (tensors: Tensor[], dim: number): Tensor =>
  callOperation('cat', [tensors, dim]) as Tensor
