import type { BackendInfo } from '@sconce/backend'
import { WORD } from './device/slabs.ts'
import { nativeKinds } from './kernels/runners.ts'

/** Worst errors of the float32 functions, in ULP, where + - * / and sqrt are exactly rounded. */
const ulp: Readonly<Record<string, number>> = {
  rsqrt: 2,
  exp: 1.5,
  exp2: 1.5,
  expm1: 2,
  log: 1,
  log2: 1,
  log10: 1,
  log1p: 2.5,
  sin: 2.5,
  cos: 2.5,
  tan: 4,
  asin: 2.5,
  acos: 2,
  atan: 2,
  sinh: 2,
  cosh: 2,
  tanh: 1.5,
  asinh: 2,
  acosh: 2,
  atanh: 1.5,
  sigmoid: 2.5,
  erf: 1.5,
  erfc: 4,
  lgamma: 3,
  digamma: 10,
  pow: 2,
  atan2: 2,
}

/** What is true of the device that was opened. */
export interface Facts {
  readonly limits: GPUSupportedLimits
  readonly description: string
  readonly budget: number
}

/** The claims. Each is an obligation that the conformance kit checks. */
export function infoOf({ limits, description, budget }: Facts): BackendInfo {
  const support = { storage: true, arithmetic: true }
  return {
    dtypes: { float32: support, int32: support, uint8: support, bool: support },
    native: nativeKinds,
    maxLength: Math.floor(
      Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize) / WORD,
    ),
    // Inputs for which there is no slot can be packed into one; outputs can't, and reductions need one more.
    maxOutputs: limits.maxStorageBuffersPerShaderStage - 2,
    description,
    readSync: 'none',
    budget,
    numerics: {
      subnormals: false,
      specials: true,
      ulp,
      notes: [
        'a · b + c may be rounded once',
        'division and square roots are the device’s own: WGSL lets them be off by 2.5 ULP',
        'sums by scatter add duplicates in no fixed order: their last digits may differ between runs',
      ],
    },
  }
}
