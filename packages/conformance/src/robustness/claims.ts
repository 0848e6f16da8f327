/** Level 5: what the author says of the backend holds. */
import { type Backend, type DType, dtypes, requiredKinds } from '@sconce/backend'
import { zeros } from '@sconce/core'
import type { Case } from '../case.ts'
import { type Env, fail } from '../execute/context.ts'

/** What of the claims can't be, in a sentence. */
export function claimsError({ backend }: Pick<Env, 'backend'>): string | undefined {
  const { name, info } = backend
  if (name === '') return 'the name is empty'
  if (info.description === '') return 'the description is empty'
  if (!(info.maxLength > 0)) return `maxLength is ${info.maxLength}`
  if (info.budget !== undefined && !(info.budget > 0)) return `the budget is ${info.budget}`
  const lacking = requiredKinds.filter((kind) => !info.native.includes(kind))
  if (lacking.length > 0) return `${lacking.join(', ')} must be native`
  if (!['free', 'stall', 'none'].includes(info.readSync)) return `readSync is ${info.readSync}`
  const unheld = Object.entries(info.dtypes).filter(
    ([, support]) => support?.arithmetic && !support.storage,
  )
  if (unheld.length > 0) return `${unheld[0][0]} is computed in, but not held`
  const needed: DType[] = ['float32', 'int32', 'bool']
  const missing = needed.filter((dtype) => !info.dtypes[dtype]?.storage)
  return missing.length > 0 ? `every backend holds ${missing.join(', ')}` : undefined
}

const claims: Case<Env> = {
  id: 'robustness/claims',
  op: 'robustness',
  level: 5,
  dtypes: [],
  run(env) {
    const error = claimsError(env)
    return error === undefined ? { status: 'pass' } : fail(error)
  },
}

/** A dtype that is not claimed is refused, not silently taken for another. */
const refusal = (dtype: DType): Case<Env> => ({
  id: `robustness/unclaimed ${dtype}`,
  op: 'robustness',
  level: 5,
  dtypes: [],
  run({ device }) {
    try {
      zeros([2], { dtype, device })
    } catch (error) {
      const told = error instanceof Error && error.message.includes(dtype)
      return told ? { status: 'pass' } : fail(`the error does not name ${dtype}: ${error}`)
    }
    return fail(`${dtype} is not claimed, but a tensor of it was made`)
  },
})

/** Cases about the claims of a backend. */
export const claimCases = ({ info }: Backend): Case<Env>[] => [
  claims,
  ...(Object.keys(dtypes) as DType[]).filter((dtype) => !info.dtypes[dtype]?.storage).map(refusal),
]
