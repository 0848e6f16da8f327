import type { Outcome } from '../case.ts'
import { at, worst } from '../compare/comparison.ts'
import { compareValues } from '../compare/values.ts'
import type { ScriptCase } from '../golden/types.ts'
import { torchInterpreter } from '../python/torch/index.ts'
import { fromRecorded, readVariable } from '../python/torch/script.ts'
import { type Env, enter, fail, outcomeOf } from './context.ts'
import { lackingPackage, packages } from './packages.ts'

/** Runs PyTorch source on the library; variables are then as they were in PyTorch, or the error is. */
export async function runScript(script: ScriptCase, env: Env): Promise<Outcome> {
  enter(env)
  const lacking = lackingPackage(script.program)
  if (lacking) return fail(`needs ${lacking}`)
  const interpreter = torchInterpreter({ device: env.device, ...packages })
  for (const [name, value] of Object.entries(script.inputs))
    interpreter.set(name, fromRecorded(value, env.device))
  const wanted = script.error
  const text = wanted && `${wanted.type}: ${wanted.message}`
  try {
    interpreter.run(script.program)
  } catch (error) {
    const raised = interpreter.raised(error)
    if (!raised) throw error
    const line = raised.line === undefined ? '' : ` (line ${raised.line})`
    if (!wanted) return fail(`raised ${raised.type}: ${raised.message}${line}`)
    if (raised.type !== wanted.type || raised.message !== wanted.message)
      return fail(`expected ${text}, got ${raised.type}: ${raised.message}${line}`)
    return { status: 'pass' }
  }
  if (text) return fail(`expected ${text}, but the program ran`)
  const comparisons = Object.entries(script.expect).map(async ([name, value]) => {
    const actual = await readVariable(interpreter.get(name) ?? null)
    return at(name, compareValues(actual, value))
  })
  return outcomeOf(worst(await Promise.all(comparisons)))
}
