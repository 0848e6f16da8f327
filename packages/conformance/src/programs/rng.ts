/** Random streams: what is drawn after `manual_seed`. */
import { defaultGenerator, draws } from '@sconce/core'
import type { Case, Outcome } from '../case.ts'
import { at, worst } from '../compare/comparison.ts'
import { decodeTensor } from '../compare/decode.ts'
import { flattenTensors } from '../compare/host.ts'
import { compareTensors } from '../compare/tensors.ts'
import { exact, type Tolerance } from '../compare/tolerances.ts'
import { type Env, fail, outcomeOf } from '../execute/context.ts'
import type { RngCase, RngFile } from '../golden/types.ts'
import { lackingPackage } from './packages.ts'
import { toPython } from './rng-source.ts'
import { sessionAfter } from './session.ts'

/** Of logarithms, cosines and sines; draws that are only scaled are exact. */
const TRANSFORMED: Tolerance = { rtol: 0, atol: 0, ulp: 2 }
const transformed = /normal|randn|exponential|training|dropout/

/** Training on the stream: the draws are exact, the arithmetic is PyTorch's up to rounding. */
const TRAINED: Tolerance = { rtol: 1e-4, atol: 1e-6 }

const toleranceOf = (name: string): Tolerance => {
  if (name.startsWith('training')) return TRAINED
  return transformed.test(name) ? TRANSFORMED : exact
}

export async function runRng(member: RngCase, env: Env): Promise<Outcome> {
  const { name, program, outputs, seed } = member
  const source = toPython(program)
  const lacking = source.needsNn ? lackingPackage('nn.') : undefined
  if (lacking) return fail(`needs ${lacking}`)
  const session = await sessionAfter(env, (fresh) => {
    fresh.define('s', { t: 'int', v: seed })
    fresh.defineFunction('draw_seed', () => draws.drawSeed(defaultGenerator()))
    fresh.run(source.text)
  })
  const actual = flattenTensors(await session.read('outputs'))
  if (actual.length !== outputs.length)
    return fail(`expected ${outputs.length} tensors, got ${actual.length}`)
  const tolerance = toleranceOf(name)
  const comparisons = outputs.map((output, i) =>
    at(`output ${i}`, compareTensors(actual[i], decodeTensor(output), { tolerance })),
  )
  return outcomeOf(worst(comparisons))
}

/** A case per recorded stream. */
export const casesOfRng = ({ cases }: RngFile): Case<Env>[] =>
  cases.map((member) => ({
    id: `rng/${member.name}/${member.seed}`,
    op: 'rng',
    level: 2,
    dtypes: [...new Set(member.outputs.map(({ dtype }) => dtype))].filter((d) => d !== 'int64'),
    run: (env) => runRng(member, env),
  }))
