import type { DType } from '@sconce/backend'
import type { Outcome } from '../case.ts'
import { compareValues } from '../compare/values.ts'
import { toArguments } from '../execute/arguments.ts'
import { awaited } from '../execute/awaited.ts'
import { type Env, enter, fail, outcomeOf } from '../execute/context.ts'
import { errorText, isDeliberate, isPythonError } from '../execute/python-errors.ts'
import { readValue } from '../execute/read.ts'
import { findFunction } from '../execute/resolve.ts'
import type { GoldenValue, PromotionCase } from '../golden/types.ts'

const integers: ReadonlySet<unknown> = new Set<DType>(['int64', 'int32', 'int16', 'int8', 'uint8'])

/** PyTorch's default integer is int64, which any integer dtype may stand for. */
const acceptsDType = (actual: unknown, expected: GoldenValue): boolean =>
  expected.t === 'dtype' && expected.v === 'int64' && integers.has(actual)

/** A row of the type-promotion table: a result with its dtype, or the error of PyTorch's words. */
export async function runPromotion(member: PromotionCase, env: Env): Promise<Outcome> {
  enter(env)
  const call = findFunction(member.op)
  if (!call) return fail(`no such op: ${member.op}`)
  const { out, error: expected } = member
  let result: unknown
  try {
    result = await awaited(env, () => {
      const { args, kwargs } = toArguments(member, env.device)
      return call(args, kwargs)
    })
  } catch (error) {
    if (!expected || !isDeliberate(error)) throw error
    return isPythonError(error.name, expected.type) && error.message === expected.message
      ? { status: 'pass' }
      : fail(`expected ${expected.type}: ${expected.message}, got ${errorText(error)}`)
  }
  if (expected)
    return fail(`expected ${expected.type}: ${expected.message}, but ${member.op} did not throw`)
  if (!out) return fail('neither a result nor an error was recorded')
  if (acceptsDType(result, out)) return { status: 'pass' }
  return outcomeOf(compareValues(await readValue(result), out, { op: member.op }))
}
