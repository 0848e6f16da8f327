import type { BackendInfo, KernelKind, Numerics } from '@sconce/backend'
import type { Limits } from './device/device.ts'
import { heldDTypes } from './device/formats.ts'
import type { Traits } from './device/traits.ts'
import { natives } from './kernels/runners.ts'

/** What each fault of a device's arithmetic means to a user. */
const faults: Partial<Record<keyof Traits, string>> = {
  specials: 'NaN, infinities and signed zeros do not come out of arithmetic as IEEE 754 says',
  subnormals: 'float32 numbers below 2^-126 become zero',
  unfused: 'the compiler fuses multiplications with additions: a · b + c may be rounded once',
  exactBlending: 'no exact blending into float32: scatters that combine sort their targets first',
}

/** Worst errors of the float32 functions, in ULP, on devices with exactly rounded + - * / and sqrt. */
export const ulp: Readonly<Record<string, number>> = {
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

export function numericsOf(traits: Traits): Numerics {
  const notes = Object.entries(faults)
    .filter(([trait]) => !traits[trait as keyof Traits])
    .map(([, note]) => note)
  return { subnormals: traits.subnormals, specials: traits.specials, ulp, notes }
}

export interface Facts {
  readonly traits: Traits
  readonly limits: Limits
  readonly maxLength: number
  readonly renderer: string
  readonly budget: number
}

/** The backend's claims. */
export function infoOf({ traits, limits, maxLength, renderer, budget }: Facts): BackendInfo {
  const support = { storage: true, arithmetic: true }
  return {
    dtypes: Object.fromEntries(heldDTypes.map((dtype) => [dtype, support])),
    native: Object.keys(natives) as KernelKind[],
    maxLength,
    maxOutputs: limits.drawBuffers,
    description: `WebGL2, ${renderer}`,
    hardware: {
      gpu: renderer,
      limits: {
        MAX_TEXTURE_SIZE: limits.textureSize,
        MAX_DRAW_BUFFERS: limits.drawBuffers,
        MAX_TEXTURE_IMAGE_UNITS: limits.samplers + 1,
      },
    },
    readSync: 'stall',
    budget,
    numerics: numericsOf(traits),
  }
}
