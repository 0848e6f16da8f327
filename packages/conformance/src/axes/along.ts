/** Ops along a dim, in every layout and along every dim. */
import type { DType } from '@sconce/backend'
import { at, type Comparison } from '../compare/comparison.ts'
import type { Env } from '../execute/context.ts'
import type { GeneratedCall } from './calls.ts'
import { attempt, compareFound } from './compare.ts'
import { elements, layouts, upload } from './layouts.ts'

/** The shape that ops along a dim are tried on. */
export const alongShape: readonly number[] = [3, 4, 5]

/** A call per dim; the result must not depend on how the elements lie. */
export async function* compareAlong(
  calls: readonly GeneratedCall[],
  dtype: DType,
  { device }: Env,
): AsyncGenerator<Comparison> {
  for (const shape of [alongShape, [2, 1, 7], [2, 65, 3]]) {
    const x = elements(dtype, shape, 1)
    for (const call of calls) {
      const { name } = call.operation
      const expected = attempt(() => call.run([upload(x, device)]))
      for (const [layout, lay] of Object.entries(layouts)) {
        const found = attempt(() => call.run([lay(x, device)]))
        const compared = await compareFound(found, expected, name)
        yield at(`[${shape}] ${layout}, ${call.words}`, compared)
      }
    }
  }
}
