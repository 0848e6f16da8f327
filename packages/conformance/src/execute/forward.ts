import type { Tensor } from '@sconce/core'
import type { Outcome } from '../case.ts'
import {
  at,
  type CompareOptions,
  type Comparison,
  different,
  worst,
} from '../compare/comparison.ts'
import { decodeTensor } from '../compare/decode.ts'
import { compareDecomposition, decompositions } from '../compare/decompositions.ts'
import { flattenTensors, type HostValue } from '../compare/host.ts'
import { compareSearch, searchedBy } from '../compare/indices.ts'
import { compareTensors } from '../compare/tensors.ts'
import { exact } from '../compare/tolerances.ts'
import { compareValues } from '../compare/values.ts'
import { matchesGlob } from '../glob.ts'
import type { GoldenTensor, GoldenValue, OpCase, OpFile } from '../golden/types.ts'
import { type CallArguments, recordedTensors, toArguments } from './arguments.ts'
import { awaited } from './awaited.ts'
import { type Env, enter, fail, outcomeOf } from './context.ts'
import { ignoredPositions } from './ignored.ts'
import { readTensor, readValue, tensorsOf } from './read.ts'
import { findCall } from './resolve.ts'

/** Ops that may return either zero of 0 and -0: IEEE 754 leaves it open, and so do vector units. */
const eitherZero = ['max*', 'min*', 'fmax', 'fmin', 'clamp*', 'amax', 'amin', 'aminmax']

/** What is known of a case for the choice of its tolerance. */
export const optionsOf = (file: OpFile, member: OpCase, { backend }: Env): CompareOptions => ({
  op: file.name,
  ignored: ignoredPositions(file, member, backend.info.numerics),
  inputs: [...recordedTensors(member).values()].map(({ shape }) => shape),
  f64dev: member.f64dev,
  signedZero: member.special && !matchesGlob(file.name, eitherZero),
})

/** The recorded tensors of a value, decoded, depth first. */
export function decodeAll(value: GoldenValue): ReturnType<typeof decodeTensor>[] {
  if (value.t === 'tensor') return [decodeTensor(value)]
  return value.t === 'list' || value.t === 'tuple' ? value.v.flatMap(decodeAll) : []
}

/** Compares what an op returned with what PyTorch did. */
export function compareOutputs(
  file: OpFile,
  member: OpCase,
  actual: HostValue,
  expected: GoldenValue,
  options: CompareOptions,
): Comparison {
  if (file.sign_ambiguous && Object.hasOwn(decompositions, file.name))
    return compareDecomposition(file.name, flattenTensors(actual), decodeAll(expected), options)
  const searched = searchedBy(file.name, member)
  if (searched) return compareSearch(flattenTensors(actual), decodeAll(expected), searched, options)
  return compareValues(actual, expected, options)
}

/** Whether outputs share storage with just those arguments that PyTorch's do, at the same offset. */
export function checkAliases(
  { alias, out_offset: offsets }: OpCase,
  outputs: readonly Tensor[],
  { tensors }: CallArguments,
): string | undefined {
  for (const [i, output] of outputs.entries()) {
    if (output.numel() === 0) continue
    const path = alias?.[i] ?? null
    const shared = [...tensors].find(([, { storage }]) => storage === output.storage)?.[0] ?? null
    if (path === null && shared !== null)
      return `output ${i} shares the storage of ${shared}; it is to be a copy`
    if (path !== null && tensors.get(path)?.storage !== output.storage)
      return `output ${i} is to be a view of ${path}; it is a copy`
    const offset = offsets?.[i]
    if (path !== null && offset !== undefined && offset !== output.offset)
      return `output ${i} starts at ${output.offset} of its storage, not at ${offset}`
  }
  return undefined
}

/** Whether the arguments that PyTorch changes have its values and all others are as they were. */
export async function compareArguments(
  file: OpFile,
  member: Pick<OpCase, 'args' | 'kwargs' | 'mutated'>,
  { tensors }: CallArguments,
  options: CompareOptions,
): Promise<Comparison> {
  const before = recordedTensors(member)
  const comparisons = [...tensors].map(async ([path, tensor]) => {
    const changed = member.mutated?.[path] as GoldenTensor | undefined
    const actual = await readTensor(tensor)
    if (changed)
      return at(`${path} after the call`, compareTensors(actual, decodeTensor(changed), options))
    const recorded = before.get(path)
    if (!recorded) return different(`${path} is not among the recorded arguments`)
    const same = compareTensors(actual, decodeTensor(recorded), {
      tolerance: exact,
      signedZero: true,
    })
    return same.ok ? same : different(`${file.call} changed ${path}: ${same.message}`)
  })
  const found = worst(await Promise.all(comparisons))
  return member.mutated ? found : { ...found, ulp: null }
}

/** Calls the op and compares results, aliases and arguments. */
export async function runForward(file: OpFile, member: OpCase, env: Env): Promise<Outcome> {
  enter(env)
  const call = findCall(file.call)
  if (!call) return fail(`no such op: ${file.call}`)
  const { given, result } = await awaited(env, () => {
    const fresh = toArguments(member, env.device)
    return { given: fresh, result: call(fresh.args, fresh.kwargs) }
  })
  const options = optionsOf(file, member, env)
  const compared = compareOutputs(file, member, await readValue(result), member.out, options)
  if (!compared.ok) return outcomeOf(compared)
  // A memory format may ask for a copy that the library, which has just one, need not make.
  const aliasing =
    'memory_format' in member.kwargs ? undefined : checkAliases(member, tensorsOf(result), given)
  if (aliasing) return fail(aliasing)
  return outcomeOf(worst([compared, await compareArguments(file, member, given, options)]))
}
