import {
  type ConvKernel,
  type DType,
  dtypes,
  input,
  kernels,
  type MapKernel,
  type MatmulKernel,
  substitute,
} from '@sconce/backend'

/**
 * The epilogue of a product as a map kernel: its inputs are the further operands, then the sums,
 * which are held in `sums` and still have to be rounded or wrapped to the compute type.
 */
export function epilogueKernel(kernel: MatmulKernel | ConvKernel, sums: DType): MapKernel {
  const further = kernel.inputs.slice(2)
  const product = input(further.length, sums).cast(dtypes[kernel.dtype].compute)
  const value = substitute(kernel.epilogue, (node) => {
    if (node.op === 'acc') return product
    return node.op === 'input' ? input(node.value - 2, node.dtype) : undefined
  })
  return kernels.map([value], [...further, sums])
}
