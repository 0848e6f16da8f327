import type { Outcome } from '../case.ts'
import type { ErrorCase, OpFile } from '../golden/types.ts'
import { toArguments } from './arguments.ts'
import { awaited } from './awaited.ts'
import { type Env, enter, fail, outcomeOf } from './context.ts'
import { compareArguments } from './forward.ts'
import { errorText, isDeliberate, isPythonError, pythonRegExp } from './python-errors.ts'
import { findCall } from './resolve.ts'
import { unlookedAt } from './unlooked-at.ts'

/** Makes a call that PyTorch refuses: it must throw the like, and leave its arguments alone. */
export async function runError(file: OpFile, member: ErrorCase, env: Env): Promise<Outcome> {
  enter(env)
  if ('out' in member.kwargs) return { status: 'unclaimed', message: 'there are no out= forms' }
  const call = findCall(file.call)
  if (!call) return fail(`no such op: ${file.call}`)
  let given = toArguments(member, env.device)
  const { error_type: type, error_regex: pattern, actual_message: text } = member
  try {
    await awaited(env, () => {
      given = toArguments(member, env.device)
      return call(given.args, given.kwargs)
    })
  } catch (error) {
    if (!isDeliberate(error)) throw error
    if (!isPythonError(error.name, type) || !pythonRegExp(pattern).test(error.message))
      return fail(`expected ${type}: ${text}, got ${errorText(error)}`)
    return outcomeOf(await compareArguments(file, member, given, {}))
  }
  return (
    unlookedAt(text, env.backend.info) ??
    fail(`expected ${type}: ${text}, but ${file.call} did not throw`)
  )
}
