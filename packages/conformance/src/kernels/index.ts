import type { Case } from '../case.ts'
import type { Env } from '../execute/context.ts'
import { mapCases } from './maps.ts'
import { optionalCases } from './optional.ts'
import { reductionCases } from './reductions.ts'
import { scalarCases } from './scalars.ts'
import { storageCases } from './storage.ts'

/** Levels 0 and 1: what a backend does with kernels, with no library on top. */
export const kernelCases = (): Case<Env>[] => [
  ...storageCases(),
  ...scalarCases(),
  ...mapCases(),
  ...reductionCases(),
  ...optionalCases(),
]
