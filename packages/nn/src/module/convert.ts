/** Changing device and dtype of what a module holds. */
import { noGrad } from '@sconce/autograd'
import { type DType, type Tensor, TypeError_ } from '@sconce/core'
import type { Parameter } from '../parameter.ts'

const INTEGERS: ReadonlySet<string> = new Set(['int64', 'int32', 'int16', 'int8', 'uint8', 'bool'])
const FLOATS: ReadonlySet<string> = new Set(['float64', 'float32', 'float16', 'bfloat16'])

/** Whether a name is that of a dtype, and not of a device. */
export const isDTypeName = (name: string): boolean => FLOATS.has(name) || INTEGERS.has(name)

const isFloatName = (name: string): name is DType => FLOATS.has(name)

/**
 * The move to a device, and the cast of what is of floating point.
 *
 * @throws TypeError for a dtype that is no float.
 */
export function conversion(
  device: string | undefined,
  dtype: string | undefined,
): (t: Tensor) => Tensor {
  if (dtype !== undefined && !isFloatName(dtype)) {
    throw new TypeError_(
      `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.${dtype}`,
    )
  }
  return (t) => {
    const cast = dtype !== undefined && t.isFloatingPoint() ? dtype : t.dtype
    return t.to(device ?? t.device, cast)
  }
}

/** `parameter.data = change(parameter.data)`, for the gradient too. */
export function changeData(parameter: Parameter, change: (t: Tensor) => Tensor): void {
  const { requiresGrad, grad } = parameter
  noGrad(() => {
    const changed = change(parameter.detach())
    if (changed.storage === parameter.storage) return
    const changedGrad = grad && change(grad.detach())
    parameter.grad = null
    parameter.setData(changed)
    // Forgets where gradients of the old elements went.
    parameter.detach_()
    parameter.requiresGrad_(requiresGrad)
    parameter.grad = changedGrad
  })
}
