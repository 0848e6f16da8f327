import type { Backend } from '@sconce/backend'
import { activeDevices, type Device, useBackend } from '@sconce/core'
import type { Case, Suite } from '../case.ts'
import { matchesGlob } from '../glob.ts'
import type { Golden } from '../golden/golden.ts'
import type { Env } from './context.ts'
import { casesOfOp } from './op-cases.ts'
import { casesOfProgram } from './program-cases.ts'

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
  return [...files.flatMap(casesOfOp), ...programs.flatMap(casesOfProgram)]
}

/** The device of a backend, made the first time. */
const deviceOf = (backend: Backend): Device =>
  activeDevices().find((device) => device.backend === backend) ?? useBackend(backend)

/** Everything that the kit has to say about a backend. */
export async function makeSuite(
  backend: Backend,
  golden: Golden,
  only?: readonly string[],
): Promise<Suite<Env>> {
  const device = deviceOf(backend)
  return {
    backend: backend.name,
    env: { device: device.name },
    cases: await casesOfGolden(golden, only),
    claims(dtype) {
      const support = backend.info.dtypes[dtype]
      return support?.storage === true && support.arithmetic
    },
  }
}
