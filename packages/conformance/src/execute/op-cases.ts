import type { DType } from '@sconce/backend'
import type { Case } from '../case.ts'
import type { GoldenValue, GoldenValues, OpCase, OpFile } from '../golden/types.ts'
import { dtypesIn, heldDTypes } from './arguments.ts'
import type { Env } from './context.ts'
import { runError } from './error-case.ts'
import { runForward } from './forward.ts'
import { runDoubleGradient, runGradient } from './gradients.ts'
import { runInplace } from './inplace.ts'

interface Call {
  readonly args: readonly GoldenValue[]
  readonly kwargs: GoldenValues
}

const valuesOf = ({ args, kwargs }: Call): GoldenValue[] => [...args, ...Object.values(kwargs)]

/**
 * What a backend must hold for a case: every dtype of it, but for int64 that occurs beside floats or in
 * results only, where it may be int32.
 */
export function neededDTypes(call: Call, results: readonly GoldenValue[]): DType[] {
  const needed = heldDTypes(valuesOf(call))
  for (const dtype of dtypesIn(results)) if (dtype !== 'int64') needed.add(dtype)
  return [...needed]
}

/** Ops that are named after the dtype that they convert to. */
const casts: Readonly<Record<string, DType>> = {
  bool: 'bool',
  byte: 'uint8',
  char: 'int8',
  short: 'int16',
  int: 'int32',
  long: 'int64',
  half: 'float16',
  bfloat16: 'bfloat16',
  float: 'float32',
  double: 'float64',
}

/** The dtype that a call is about: that of its first tensor, else that of its first result. */
const mainDType = (call: Call, results: readonly GoldenValue[]): DType | undefined =>
  [...dtypesIn([...valuesOf(call), ...results])][0]

/** The cases of an op's file: forward, in place, gradient, double gradient, and what must be refused. */
export const casesOfOp = (file: OpFile): Case<Env>[] => [
  ...file.cases.flatMap((member) => casesOf(file, member)),
  ...file.errors.map(
    (member): Case<Env> => ({
      id: `ops/${file.op}/error-${member.id}`,
      op: file.op,
      level: 2,
      dtypes: neededDTypes(member, []),
      dtype: mainDType(member, []),
      run: (env) => runError(file, member, env),
    }),
  ),
]

const castDType = ({ name }: OpFile): DType[] => (Object.hasOwn(casts, name) ? [casts[name]] : [])

function casesOf(file: OpFile, member: OpCase): Case<Env>[] {
  const id = `ops/${file.op}/${member.id}`
  const common = {
    op: file.op,
    dtypes: [...new Set([...neededDTypes(member, [member.out]), ...castDType(file)])],
    dtype: mainDType(member, [member.out]),
  }
  const cases: Case<Env>[] = [
    { id, ...common, level: 2, proves: [id], run: (env) => runForward(file, member, env) },
  ]
  const { inplace, grad } = member
  // Where the first argument is a number (`polygamma(n, x)`) it has no methods, neither here nor there.
  if (inplace !== undefined && member.args[0]?.t === 'tensor')
    cases.push({
      id: `${id}/inplace`,
      ...common,
      level: 2,
      run: (env) => runInplace(file, member, env),
    })
  if (grad)
    cases.push({
      id: `${id}/grad`,
      ...common,
      level: 3,
      needs: [id],
      proves: [`${id}/grad`],
      run: (env) => runGradient(file, member, grad, env),
    })
  if (grad?.double)
    cases.push({
      id: `${id}/double`,
      ...common,
      level: 3,
      needs: [`${id}/grad`],
      run: (env) => runDoubleGradient(file, member, grad, env),
    })
  return cases
}
