import type { Outcome } from '../case.ts'
import { at, worst } from '../compare/comparison.ts'
import { compareValues } from '../compare/values.ts'
import { type Env, fail, outcomeOf } from '../execute/context.ts'
import { unlookedAt } from '../execute/unlooked-at.ts'
import type { ScriptCase } from '../golden/types.ts'
import { type Raised, sessionAfter } from './session.ts'
import { recordedWithoutWidths, withoutWidth, withoutWidths } from './texts.ts'

/** Runs PyTorch source on the library; variables are then as they were in PyTorch, or the error is. */
export async function runScript(script: ScriptCase, env: Env): Promise<Outcome> {
  const { info } = env.backend
  // Where int32 stands for int64 it does so in texts too.
  const narrow = info.dtypes.int64?.storage !== true
  const plain = (text: string): string => (narrow ? withoutWidth(text) : text)
  const wanted = script.error
  let raised: Raised | undefined
  const session = await sessionAfter(env, (fresh) => {
    fresh.defineAll(script.inputs)
    raised = fresh.attempt(script.program)
  })
  const text = wanted && `${wanted.type}: ${wanted.message}`
  if (raised) {
    const found = `${raised.type}: ${raised.message}${raised.where}`
    if (!wanted) return fail(`raised ${found}`)
    return raised.type === wanted.type && plain(raised.message) === plain(wanted.message)
      ? { status: 'pass' }
      : fail(`expected ${text}, got ${found}`)
  }
  if (wanted)
    return unlookedAt(wanted.message, info) ?? fail(`expected ${text}, but the program ran`)
  const comparisons = Object.entries(script.expect).map(async ([name, value]) => {
    const found = await session.read(name)
    const comparison = narrow
      ? compareValues(withoutWidths(found), recordedWithoutWidths(value))
      : compareValues(found, value)
    return at(name, comparison)
  })
  return outcomeOf(worst(await Promise.all(comparisons)))
}
