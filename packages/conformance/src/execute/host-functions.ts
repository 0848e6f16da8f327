import type { DType } from '@sconce/backend'
import * as core from '@sconce/core'
import { type broadcastShapes, canCast, promoteTypes, resultType } from '@sconce/core'
import type { Callable } from './resolve.ts'

type Operand = Parameters<typeof resultType>[0][number]
type Sizes = Parameters<typeof broadcastShapes>[0]

const toSizes = (value: unknown): Sizes => (Array.isArray(value) ? value : [Number(value)])

/** Functions on dtypes and shapes alone, which take lists where PyTorch takes any number of arguments. */
export const hostFunctions: Readonly<Record<string, Callable>> = {
  result_type: (args) => resultType(args as Operand[]),
  can_cast: ([from, to]) => canCast(from as DType, to as DType),
  promote_types: ([a, b]) => promoteTypes(a as DType, b as DType),
  broadcast_shapes: (args) => args.map(toSizes).reduce((a, b) => core.broadcastShapes(a, b), []),
}
