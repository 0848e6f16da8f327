import type { Backend } from '@sconce/backend'
import { useBackend } from '@sconce/core'
import { generatedCases } from '../axes/cases.ts'
import type { Case, Suite } from '../case.ts'
import { matchesGlob } from '../glob.ts'
import type { Golden } from '../golden/golden.ts'
import { kernelCases } from '../kernels/index.ts'
import { casesOfProgram } from '../programs/cases.ts'
import { casesOfRng } from '../programs/rng.ts'
import { robustnessCases } from '../robustness/index.ts'
import type { Env } from './context.ts'
import { casesOfOp } from './op-cases.ts'
import { RecordingBackend } from './recording.ts'

/** Whether a pattern can match an id that begins with `prefix`. */
function canMatch(prefix: string, pattern: string): boolean {
  const literal = pattern.split('*')[0]
  return pattern.includes('*') && literal.length < prefix.length
    ? prefix.startsWith(literal)
    : literal.startsWith(prefix)
}

/** Whether a file can hold a case that is asked for, by the prefix of its ids and by its op. */
const isWanted = (prefix: string, op: string, only: readonly string[] | undefined): boolean =>
  only === undefined || matchesGlob(op, only) || only.some((pattern) => canMatch(prefix, pattern))

/** The cases of recorded results; files that `only` rules out are not read. */
export async function casesOfGolden(
  golden: Golden,
  only?: readonly string[],
): Promise<Case<Env>[]> {
  const ops = golden.ops.filter((op) => isWanted(`ops/${op}/`, op, only))
  const files = await Promise.all(ops.map((op) => golden.op(op)))
  const themes = golden.programs.filter((theme) => isWanted(`programs/${theme}/`, theme, only))
  const programs = await Promise.all(themes.map((theme) => golden.program(theme)))
  const rng = isWanted('rng/', 'rng', only) ? await golden.rng() : undefined
  return [
    ...files.flatMap(casesOfOp),
    ...programs.flatMap(casesOfProgram),
    ...(rng ? casesOfRng(rng) : []),
  ]
}

/** The case, watched. */
const observed = (member: Case<Env>): Case<Env> => ({
  ...member,
  run(env, signal) {
    env.backend.reset()
    return member.run(env, signal)
  },
  observe: ({ backend: { used, lowered, ran } }) => ({
    used,
    kernels: lowered ? 'lowered' : ran > 0 ? 'native' : undefined,
  }),
})

/** What the recorded results and the generated cases have to say about a backend. */
export async function makeSuite(
  backend: Backend,
  golden: Golden,
  only?: readonly string[],
): Promise<Suite<Env>> {
  const recording = new RecordingBackend(backend)
  const device = useBackend(recording)
  const cases = [
    ...kernelCases(),
    ...generatedCases(),
    ...(await casesOfGolden(golden, only)),
    ...robustnessCases(backend),
  ]
  return {
    backend: backend.name,
    env: { device: device.name, backend: recording },
    cases: cases.map(observed),
    claims(dtype) {
      const support = backend.info.dtypes[dtype]
      return support?.storage === true && support.arithmetic
    },
  }
}
