import type { Backend } from '@sconce/backend'
import type { Case } from '../case.ts'
import type { Env } from '../execute/context.ts'
import { claimCases } from './claims.ts'
import { memoryCases } from './memory.ts'
import { orderCases } from './order.ts'

/** Level 5: claims, order, memory. */
export const robustnessCases = (backend: Backend): Case<Env>[] => [
  ...claimCases(backend),
  ...orderCases(),
  ...memoryCases(),
]
