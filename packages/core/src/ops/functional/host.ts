import type { DType } from '@sconce/backend'
import { encode } from '../../host-data.ts'
import { makeTensor, type Tensor } from '../../tensor.ts'

/** Numbers computed on the host as a 1-d tensor on the device of `like`. */
export function fromHost(values: readonly number[], dtype: DType, like: Tensor): Tensor {
  const { device } = like.storage
  const result = makeTensor(device, dtype, [values.length])
  if (values.length > 0) device.backend.write(result.storage.use(), encode(dtype, values))
  return result
}
