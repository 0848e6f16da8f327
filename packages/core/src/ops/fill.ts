import { dtypes, input, kernels, scalar } from '@sconce/backend'
import { mapInto, runMapInto } from '../kernel-call.ts'
import { byDType } from '../kernel-memo.ts'
import { FloatScalar, type Scalar } from '../scalar.ts'
import type { Tensor } from '../tensor.ts'

const fill = byDType((dtype) => kernels.map([scalar(0, dtypes[dtype].compute).cast(dtype)], []))

/**
 * Sets every element to a number. The number is a run-time scalar of the kernel, so no value compiles
 * anything; only a bigint beyond 2^53, which a scalar can't carry, is written as data.
 */
export function writeScalar(target: Tensor, value: Scalar): void {
  const number = Number(value instanceof FloatScalar ? value.value : value)
  if (typeof value === 'bigint' && !Number.isSafeInteger(number)) {
    const { device } = target.storage
    const storage = device.allocate('int64', 1)
    device.backend.write(storage.use(), BigInt64Array.of(value))
    mapInto(target, input(0, 'int64').cast(target.dtype), [
      { storage, dtype: 'int64', shape: [], strides: [], offset: 0 },
    ])
    return
  }
  runMapInto(target, fill(target.dtype), [], [number])
}
