import type { DType } from '@sconce/backend'

/**
 * What an op needs of a kernel by dtype, made when it is first asked for: interning would find the same
 * kernel, but only after its expressions were built again.
 */
export function byDType<K>(make: (dtype: DType) => K): (dtype: DType) => K {
  const made: { [D in DType]?: K } = {}
  return (dtype) => {
    made[dtype] ??= make(dtype)
    return made[dtype]
  }
}

/** As `byDType`, for ops that turn one dtype into another. */
export function byDTypes<K>(make: (from: DType, to: DType) => K): (from: DType, to: DType) => K {
  const made = byDType((from) => byDType((to) => make(from, to)))
  return (from, to) => made(from)(to)
}
