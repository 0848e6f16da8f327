/** Cases from the op table: every op on every dtype, along every axis on which a device can go wrong. */
import { type DType, dtypes } from '@sconce/backend'
import type { Case, Outcome } from '../case.ts'
import { at, type Comparison, worst } from '../compare/comparison.ts'
import { type Env, enter, outcomeOf } from '../execute/context.ts'
import { alongShape, compareAlong } from './along.ts'
import { dimCalls, pointwiseCalls } from './calls.ts'
import { largeCases } from './large.ts'
import { pointwiseAxes } from './pointwise.ts'

const allDTypes = Object.keys(dtypes) as DType[]

async function collect(comparisons: AsyncIterable<Comparison>): Promise<Comparison> {
  const found: Comparison[] = []
  for await (const comparison of comparisons) found.push(comparison)
  return worst(found)
}

const generated = (
  op: string,
  dtype: DType,
  run: (env: Env) => Promise<Comparison>,
): Case<Env> => ({
  id: `generated/${op}/${dtype}`,
  op,
  level: 2,
  dtypes: [dtype],
  needs: [`storage/${dtype}`, `layout/${dtype}`],
  async run(env): Promise<Outcome> {
    enter(env)
    return outcomeOf(await run(env))
  },
})

/** Level 2: what the op table itself says is to be tried. */
export function generatedCases(): Case<Env>[] {
  const pointwise = pointwiseCalls().flatMap((call) =>
    allDTypes.map((dtype) =>
      generated(call.operation.name, dtype, async (env) => {
        const axes = Object.entries(pointwiseAxes).map(async ([name, axis]) =>
          at(name, await collect(axis(call, dtype, env))),
        )
        return worst(await Promise.all(axes))
      }),
    ),
  )
  const along = dimCalls(alongShape.length).flatMap((calls) =>
    allDTypes.map((dtype) =>
      generated(calls[0].operation.name, dtype, (env) => collect(compareAlong(calls, dtype, env))),
    ),
  )
  return [...pointwise, ...along, ...largeCases()]
}
