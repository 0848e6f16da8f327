import { type DType, type Expr, type Kernel, UnsupportedDType, visit } from '@sconce/backend'
import { formatOf, heldDTypes, holds } from '../device/formats.ts'

/** The expressions of a kernel. */
export function expressionsOf(kernel: Kernel): readonly Expr[] {
  switch (kernel.kind) {
    case 'map':
      return kernel.values
    case 'reduce':
      return [...kernel.reductions.map((r) => r.value), ...kernel.values]
    case 'scatter':
      return [...kernel.at, kernel.value]
    case 'matmul':
    case 'conv':
      return [kernel.epilogue]
    case 'scan':
      return [kernel.value, ...kernel.values]
    default:
      return []
  }
}

/** The dtypes that a kernel computes in and that this device does not have. */
function foreign(kernel: Kernel): DType[] {
  const found = new Set<DType>()
  visit(expressionsOf(kernel), ({ dtype }) => {
    if (!holds(dtype)) found.add(dtype)
  })
  return [...found]
}

const dtypesOf = (kernel: Kernel): readonly DType[] => [...kernel.inputs, ...kernel.outputs]

/** Whether the device holds and computes in all dtypes of the kernel. */
export const isComputable = (kernel: Kernel): boolean =>
  dtypesOf(kernel).every(holds) && foreign(kernel).length === 0

/** Throws `UnsupportedDType` for a kernel with dtypes that the device does not have. */
export function checkComputable(kernel: Kernel): void {
  for (const dtype of dtypesOf(kernel)) formatOf(dtype)
  for (const dtype of foreign(kernel)) {
    throw new UnsupportedDType(
      `webgl: this device does not compute in ${dtype}, only in ${heldDTypes.join(', ')}`,
    )
  }
}
