import type { DType } from '@sconce/backend'
import type { Case } from '../case.ts'
import type { GoldenValue, ProgramCase, ProgramFile } from '../golden/types.ts'
import { dtypesIn } from './arguments.ts'
import { type Env, fail } from './context.ts'
import { runPromotion } from './promotion.ts'
import { runScript } from './script.ts'

/** The dtypes that a backend must hold for a program: those that go in, and floats that come out. */
function needed(inputs: Iterable<GoldenValue>, results: Iterable<GoldenValue> = []): DType[] {
  const found = dtypesIn(inputs)
  for (const dtype of dtypesIn(results)) if (dtype !== 'int64') found.add(dtype)
  return [...found]
}

type Parts = Pick<Case<Env>, 'level' | 'dtypes' | 'run'>

const parts = (program: ProgramCase): Parts => {
  switch (program.kind) {
    case 'promotion': {
      const { args, kwargs, out } = program
      return {
        level: 2,
        dtypes: needed([...args, ...Object.values(kwargs)], out ? [out] : []),
        run: (env) => runPromotion(program, env),
      }
    }
    case 'script':
      return {
        level: 4,
        dtypes: needed(Object.values(program.inputs)),
        run: (env) => runScript(program, env),
      }
    default:
      return { level: 4, dtypes: [], run: () => fail(`no executor for ${program.kind}`) }
  }
}

/** The cases of a theme. */
export const casesOfProgram = ({ theme, cases }: ProgramFile): Case<Env>[] =>
  cases.map((program) => ({ id: `programs/${program.id}`, op: theme, ...parts(program) }))
