/** Random streams: what is drawn after `manual_seed`. */
import type { Case, Outcome } from '../case.ts'
import { at, type Comparison, different, worst } from '../compare/comparison.ts'
import { decodeTensor } from '../compare/decode.ts'
import { flattenTensors } from '../compare/host.ts'
import { compareTensors } from '../compare/tensors.ts'
import { exact, type Tolerance } from '../compare/tolerances.ts'
import type { RngCase, RngFile } from '../golden/types.ts'
import { torchInterpreter } from '../python/torch/index.ts'
import { readVariable } from '../python/torch/script.ts'
import { type Env, enter, fail, outcomeOf } from './context.ts'
import { packages } from './packages.ts'
import { toPython } from './rng-programs.ts'

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
  enter(env)
  const { name, program, outputs } = member
  const source = toPython(program)
  if (source.needsNn && Object.keys(packages.nn).length === 0) return fail('needs nn')
  const interpreter = torchInterpreter({ device: env.device, ...packages })
  interpreter.set('s', BigInt(member.seed))
  try {
    interpreter.run(source.text)
  } catch (error) {
    const raised = interpreter.raised(error)
    if (!raised) throw error
    return fail(`raised ${raised.type}: ${raised.message}`)
  }
  const actual = flattenTensors(await readVariable(interpreter.get('outputs') ?? null))
  if (actual.length !== outputs.length)
    return fail(`expected ${outputs.length} tensors, got ${actual.length}`)
  const comparisons = outputs.map((output, i): Comparison => {
    const found = actual[i]
    return found
      ? at(
          `output ${i}`,
          compareTensors(found, decodeTensor(output), { tolerance: toleranceOf(name) }),
        )
      : different(`output ${i} is missing`)
  })
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
