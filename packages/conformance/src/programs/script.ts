import type { Outcome } from '../case.ts'
import { at, worst } from '../compare/comparison.ts'
import { compareValues } from '../compare/values.ts'
import { type Env, fail, outcomeOf } from '../execute/context.ts'
import type { ScriptCase } from '../golden/types.ts'
import { Session } from './session.ts'

/** Runs PyTorch source on the library; variables are then as they were in PyTorch, or the error is. */
export async function runScript(script: ScriptCase, env: Env): Promise<Outcome> {
  const session = new Session(env)
  session.defineAll(script.inputs)
  const wanted = script.error
  const raised = session.attempt(script.program)
  const text = wanted && `${wanted.type}: ${wanted.message}`
  if (raised) {
    const found = `${raised.type}: ${raised.message}${raised.where}`
    if (!wanted) return fail(`raised ${found}`)
    return raised.type === wanted.type && raised.message === wanted.message
      ? { status: 'pass' }
      : fail(`expected ${text}, got ${found}`)
  }
  if (text) return fail(`expected ${text}, but the program ran`)
  const comparisons = Object.entries(script.expect).map(async ([name, value]) =>
    at(name, compareValues(await session.read(name), value)),
  )
  return outcomeOf(worst(await Promise.all(comparisons)))
}
