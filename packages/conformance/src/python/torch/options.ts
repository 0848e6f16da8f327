import { isDType } from '@sconce/backend'
import type { TensorOptions } from '@sconce/core'
import type { Kwargs } from '../values/value.ts'
import type { Binding } from './binding.ts'
import { PLAIN, toOptions } from './convert.ts'

/** Keyword arguments of `torch.tensor` and its like. */
export function creationOptions(binding: Binding, kwargs: Kwargs): TensorOptions {
  const { dtype, device, requiresGrad } = toOptions(binding, kwargs, PLAIN)
  return {
    ...(isDType(dtype) ? { dtype } : {}),
    ...(typeof device === 'string' ? { device } : {}),
    ...(requiresGrad === true ? { requiresGrad: true } : {}),
  }
}
