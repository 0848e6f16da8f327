import { contiguousStrides, elementCount } from '@sconce/backend'
import { check, sizes } from '../errors.ts'
import { makeTensor, type Tensor, viewOf } from '../tensor.ts'
import { addMethod } from './add-method.ts'

/** Methods that give a tensor another size, whatever it held. */
export interface ResizeMethods {
  /**
   * Another shape over the same elements, row-major from the first on; new ones are unspecified.
   * `Tensor.resize_`. Beyond the storage's end the tensor moves to a new storage, which its views don't.
   *
   * @throws RuntimeError for a negative size, and on a tensor that requires grad.
   */
  resize_(...size: number[] | [readonly number[]]): Tensor
  /** As `resize_`, to the shape of `other`; `Tensor.resize_as_`. */
  resizeAs_(other: Tensor): Tensor
}

function resize(self: Tensor, shape: readonly number[]): Tensor {
  check(!self.requiresGrad, () => 'cannot resize variables that require grad')
  check(
    shape.every((s) => s >= 0),
    () =>
      `Trying to create tensor with negative dimension ${shape.find((s) => s < 0)}: ${sizes(shape)}`,
  )
  const count = elementCount(shape)
  const { storage, offset, version } = self
  const held = storage.length - offset
  if (count <= held) {
    self.shape = shape
    self.strides = contiguousStrides(shape)
  } else {
    const larger = makeTensor(storage.device, self.dtype, shape)
    const flat = viewOf(larger, [held], [1], 0)
    flat.copy_(viewOf(self, [held], [1], offset))
    self.setData(larger)
  }
  version.value++
  return self
}

const methods: ResizeMethods & ThisType<Tensor> = {
  resize_(...size: number[] | [readonly number[]]): Tensor {
    const [first] = size
    return resize(this, typeof first === 'object' ? first : (size as number[]))
  },
  resizeAs_(other: Tensor): Tensor {
    return resize(this, other.shape)
  },
}

for (const [name, value] of Object.entries(methods)) addMethod(name, value)
