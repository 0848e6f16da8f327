import type { Outcome } from '../case.ts'
import { worst } from '../compare/comparison.ts'
import type { OpCase, OpFile } from '../golden/types.ts'
import { toArguments } from './arguments.ts'
import { awaited } from './awaited.ts'
import { type Env, enter, fail, outcomeOf } from './context.ts'
import { compareArguments, compareOutputs, optionsOf } from './forward.ts'
import { errorText, isDeliberate, isPythonError } from './python-errors.ts'
import { readTensor } from './read.ts'
import { findFunction, findMethod } from './resolve.ts'

/** The first output where a case has several. */
const firstOf = (out: OpCase['out']): OpCase['out'] =>
  out.t === 'list' || out.t === 'tuple' ? out.v[0] : out

/** The name of the in-place form; PyTorch's flag `inplace=True` was recorded as a lambda. */
const inplaceName = ({ inplace, name }: OpFile): string =>
  inplace && inplace !== '<lambda>' ? inplace : `${name.split('.').at(-1)}_`

/** Calls the in-place form on the first argument, which is to hold the result or be left alone. */
export async function runInplace(file: OpFile, member: OpCase, env: Env): Promise<Outcome> {
  enter(env)
  const expected = member.inplace
  const name = inplaceName(file)
  const call = findMethod(name) ?? findFunction(`nn.functional.${name}`)
  if (!call || expected === undefined) return fail(`no such op: Tensor.${name}`)
  const given = toArguments(member, env.device)
  const self = given.tensors.get('args.0')
  if (!self) return fail('the first argument is not a tensor')
  const options = optionsOf(file, member, env)
  if (typeof expected === 'object' && 'error' in expected) {
    const { type, message } = expected.error
    try {
      call(given.args, given.kwargs)
    } catch (error) {
      if (!isDeliberate(error)) throw error
      if (!isPythonError(error.name, type))
        return fail(`expected ${type}: ${message}, got ${errorText(error)}`)
      return outcomeOf(await compareArguments(file, member, given, options))
    }
    return fail(`expected ${type}: ${message}, but ${name} did not throw`)
  }
  const called = await awaited(env, () => {
    const fresh = toArguments(member, env.device)
    const target = fresh.tensors.get('args.0')
    const before = target?.storage
    return { fresh, target, before, result: call(fresh.args, fresh.kwargs) }
  })
  const { target, before, result } = called
  if (!target || result !== target) return fail(`${name} did not return its tensor`)
  if (target.storage !== before) return fail(`${name} moved its tensor to another storage`)
  const out = expected === 'same' ? firstOf(member.out) : expected.result
  const compared = compareOutputs(file, member, await readTensor(target), out, options)
  if (!compared.ok || out.t !== 'tensor') return outcomeOf(compared)
  const changed = { ...member, mutated: { ...member.mutated, 'args.0': out } }
  return outcomeOf(worst([compared, await compareArguments(file, changed, called.fresh, options)]))
}
