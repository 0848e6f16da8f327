import type { DType } from '@sconce/backend'
import type { Case, Outcome } from '../case.ts'
import { dtypesIn, heldDTypes } from '../execute/arguments.ts'
import { type Env, fail } from '../execute/context.ts'
import type { GoldenValue, ProgramCase, ProgramFile } from '../golden/types.ts'
import type { Level } from '../report/result.ts'
import { initSource, runInit } from './init.ts'
import { moduleInputs, moduleSource, runModule } from './module.ts'
import { dtypesOfSource } from './needs.ts'
import { optimizerSource, runOptimizer } from './optimizer.ts'
import { lackingPackage } from './packages.ts'
import { runPromotion } from './promotion.ts'
import { runScheduler, schedulerSource } from './scheduler.ts'
import { runScript } from './script.ts'

/** The dtypes that a backend must hold for a program: those that go in, and floats that come out. */
function needed(inputs: readonly GoldenValue[], results: Iterable<GoldenValue> = []): DType[] {
  const found = heldDTypes(inputs)
  for (const dtype of dtypesIn(results)) if (dtype !== 'int64') found.add(dtype)
  return [...found]
}

/** How a program of a kind is run, and what it needs. */
interface Kind<P extends ProgramCase> {
  readonly level: Level
  /** Values that go in, and results in which floats come out. */
  values(program: P): { readonly inputs: GoldenValue[]; readonly results?: GoldenValue[] }
  /** Source in which to look for the packages that the program needs. */
  source?(program: P): string
  run(program: P, env: Env): Outcome | Promise<Outcome>
}

type Kinds = { readonly [K in ProgramCase['kind']]: Kind<Extract<ProgramCase, { kind: K }>> }

const kinds: Kinds = {
  promotion: {
    level: 2,
    values: ({ args, kwargs, out }) => ({
      inputs: [...args, ...Object.values(kwargs)],
      results: out ? [out] : [],
    }),
    run: runPromotion,
  },
  script: {
    level: 4,
    values: ({ inputs }) => ({ inputs: Object.values(inputs) }),
    source: ({ program }) => program,
    run: runScript,
  },
  module: {
    level: 4,
    values: (program) => ({ inputs: moduleInputs(program), results: [program.out] }),
    source: moduleSource,
    run: runModule,
  },
  optimizer: {
    level: 4,
    values: ({ params, data }) => ({ inputs: [...params, ...Object.values(data)] }),
    source: optimizerSource,
    run: runOptimizer,
  },
  scheduler: {
    level: 4,
    values: () => ({ inputs: [] }),
    source: schedulerSource,
    run: runScheduler,
  },
  init: { level: 4, values: () => ({ inputs: [] }), source: initSource, run: runInit },
}

/**
 * On a device without synchronous reads a program is played again from its start after every read, and
 * some read in every step.
 */
const PLAYED_AGAIN_MILLISECONDS = 600_000

/** What the kind of a program says of it. */
function caseOf<P extends ProgramCase>(
  kind: Kind<P>,
  program: P,
): Pick<Case<Env>, 'level' | 'dtypes' | 'timeoutMilliseconds' | 'run'> {
  const { inputs, results } = kind.values(program)
  const source = kind.source?.(program) ?? ''
  return {
    level: kind.level,
    dtypes: [...new Set([...needed(inputs, results), ...dtypesOfSource(source)])],
    timeoutMilliseconds: kind.source && PLAYED_AGAIN_MILLISECONDS,
    run(env) {
      const lacking = lackingPackage(source)
      return lacking ? fail(`needs ${lacking}`) : kind.run(program, env)
    },
  }
}

function partsOf(program: ProgramCase): ReturnType<typeof caseOf> {
  switch (program.kind) {
    case 'promotion':
      return caseOf(kinds.promotion, program)
    case 'script':
      return caseOf(kinds.script, program)
    case 'module':
      return caseOf(kinds.module, program)
    case 'optimizer':
      return caseOf(kinds.optimizer, program)
    case 'scheduler':
      return caseOf(kinds.scheduler, program)
    case 'init':
      return caseOf(kinds.init, program)
    default:
      return program satisfies never
  }
}

/** The cases of a theme. */
export const casesOfProgram = ({ theme, cases }: ProgramFile): Case<Env>[] =>
  cases.map((program) => ({ id: `programs/${program.id}`, op: theme, ...partsOf(program) }))
