import { type Backend, printKernel } from '@sconce/backend'
import { difference } from './compare.ts'
import { type Case, generate } from './generate.ts'
import { Random } from './random.ts'
import { run } from './run.ts'

/** `SCONCE_FUZZ=<id>` runs one case again, and `SCONCE_FUZZ_COUNT=<n>` another number of them. */
const environment = typeof process === 'object' ? process.env : {}
const only = environment.SCONCE_FUZZ
const wanted = environment.SCONCE_FUZZ_COUNT

/** The cases to run: `count` of them from `first` on, unless the environment asks for others. */
export const fuzzIds = (count: number, first: number): number[] =>
  only
    ? [Number(only)]
    : Array.from({ length: wanted ? Number(wanted) : count }, (_, i) => first + i)

const describeCase = (id: number, { kernel, inputs, outputs, scalars }: Case): string =>
  [
    `case ${id}: ${printKernel(kernel)}`,
    ...[...inputs, ...outputs].map(
      (d) => `  ${d.dtype} shape [${d.shape}] strides [${d.strides}] offset ${d.offset}`,
    ),
    `  scalars [${scalars}]`,
  ].join('\n')

function check(id: number, tested: Backend, reference: Backend): string[] {
  const made = generate(new Random(id))
  const { kernel, inputs, outputs, scalars, aliases, ulps } = made
  const [actual, expected] = [tested, reference].map((backend) =>
    run(backend, kernel, inputs, outputs, scalars, aliases),
  )
  return outputs.flatMap(({ dtype }, k) => {
    const found = difference(actual[k], expected[k], dtype, { ulps: ulps[k] })
    return found ? [`output ${k}: ${found}\n${describeCase(id, made)}`] : []
  })
}

/** The first differences between two backends on random cases. */
export const checkCases = (tested: Backend, reference: Backend, ids: readonly number[]): string[] =>
  ids.flatMap((id) => check(id, tested, reference)).slice(0, 3)
