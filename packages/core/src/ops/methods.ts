import type { Methods } from '../schema/types.ts'
import type { copySchemas } from './copy.ts'
import type { creationSchemas } from './creation.ts'
import type { indexSchemas } from './indexing.ts'
import type { joinSchemas } from './join.ts'
import type { matmulSchemas } from './matmul.ts'
import type { pointwiseSchemas } from './pointwise.ts'
import type { reductionSchemas } from './reductions.ts'
import type { viewSchemas } from './views.ts'

/** All methods of the op table: what `ops/install.ts` puts on the prototype. */
export type TensorMethods = Methods<typeof pointwiseSchemas> &
  Methods<typeof viewSchemas> &
  Methods<typeof copySchemas> &
  Methods<typeof creationSchemas> &
  Methods<typeof reductionSchemas> &
  Methods<typeof matmulSchemas> &
  Methods<typeof joinSchemas> &
  Methods<typeof indexSchemas>
