import type { Methods } from '../schema/types.ts'
import type { aliases } from './aliases.ts'
import type { copySchemas } from './copy.ts'
import type { creationSchemas } from './creation.ts'
import type { histogramSchemas } from './histogram.ts'
import type { HostMembers } from './host-members.ts'
import type { indexAlongSchemas } from './index-along.ts'
import type { indexSchemas } from './indexing.ts'
import type { joinSchemas } from './join.ts'
import type { choleskySchemas } from './linalg/cholesky.ts'
import type { determinantSchemas } from './linalg/determinant.ts'
import type { leastSquaresSchemas } from './linalg/least-squares.ts'
import type { luSchemas } from './linalg/lu.ts'
import type { matrixNormSchemas } from './linalg/norms.ts'
import type { matrixFunctionSchemas } from './linalg/products.ts'
import type { qrSchemas } from './linalg/qr.ts'
import type { solveSchemas } from './linalg/solve.ts'
import type { spectralSchemas } from './linalg/spectral.ts'
import type { matmulSchemas } from './matmul.ts'
import type { normSchemas } from './norms.ts'
import type { numberSchemas, whereSchemas } from './numbers.ts'
import type { pixelSchemas } from './pixels.ts'
import type { pointwiseSchemas } from './pointwise.ts'
import type { productSchemas } from './products.ts'
import type { querySchemas, realPartSchemas, typeSchemas } from './queries.ts'
import type { randomSchemas } from './random.ts'
import type { reductionSchemas } from './reductions.ts'
import type { ResizeMethods } from './resize.ts'
import type { scanSchemas } from './scans.ts'
import type { shapeSchemas } from './shape.ts'
import type { softmaxSchemas } from './softmax.ts'
import type { sortingSchemas } from './sorting.ts'
import type { incompleteGammaSchemas, specialRootSchemas } from './special.ts'
import type { splitSchemas } from './splits.ts'
import type { stackingSchemas } from './stacking.ts'
import type { statisticsSchemas } from './statistics.ts'
import type { viewScatterSchemas } from './view-scatters.ts'
import type { viewSchemas } from './views.ts'

/** Methods that the families of the op table give to tensors. */
interface FamilyMethods
  extends Methods<typeof pointwiseSchemas>,
    Methods<typeof numberSchemas>,
    Methods<typeof whereSchemas>,
    Methods<typeof viewSchemas>,
    Methods<typeof splitSchemas>,
    Methods<typeof shapeSchemas>,
    Methods<typeof stackingSchemas>,
    Methods<typeof viewScatterSchemas>,
    Methods<typeof pixelSchemas>,
    Methods<typeof randomSchemas>,
    Methods<typeof scanSchemas>,
    Methods<typeof sortingSchemas>,
    Methods<typeof statisticsSchemas>,
    Methods<typeof copySchemas>,
    Methods<typeof creationSchemas>,
    Methods<typeof reductionSchemas>,
    Methods<typeof matmulSchemas>,
    Methods<typeof joinSchemas>,
    Methods<typeof indexSchemas>,
    Methods<typeof indexAlongSchemas>,
    Methods<typeof softmaxSchemas>,
    Methods<typeof productSchemas>,
    Methods<typeof normSchemas>,
    Methods<typeof specialRootSchemas>,
    Methods<typeof incompleteGammaSchemas>,
    Methods<typeof histogramSchemas>,
    Methods<typeof querySchemas>,
    Methods<typeof realPartSchemas>,
    Methods<typeof typeSchemas>,
    Methods<typeof choleskySchemas>,
    Methods<typeof determinantSchemas>,
    Methods<typeof leastSquaresSchemas>,
    Methods<typeof luSchemas>,
    Methods<typeof matrixNormSchemas>,
    Methods<typeof matrixFunctionSchemas>,
    Methods<typeof qrSchemas>,
    Methods<typeof solveSchemas>,
    Methods<typeof spectralSchemas> {}

type Aliases = typeof aliases

/** The same methods under PyTorch's second names. */
type Aliased<M> = {
  [K in keyof Aliases as Aliases[K] extends keyof M ? K : never]: Aliases[K] extends keyof M
    ? M[Aliases[K]]
    : never
} & {
  [K in keyof Aliases as `${Aliases[K]}_` extends keyof M
    ? `${K}_`
    : never]: `${Aliases[K]}_` extends keyof M ? M[`${Aliases[K]}_`] : never
}

/** All methods of the op table: what `ops/install.ts` puts on the prototype. */
export interface TensorMethods
  extends FamilyMethods,
    Aliased<FamilyMethods>,
    HostMembers,
    ResizeMethods {}
