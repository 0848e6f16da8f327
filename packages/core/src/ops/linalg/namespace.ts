import '../install.ts'
import { matmul } from '../../functions.ts'
import { functionsOf } from '../../table.ts'
import { vectorNormSchemas } from '../norms.ts'
import { linalgCholeskySchemas } from './cholesky.ts'
import { linalgDeterminantSchemas } from './determinant.ts'
import { linalgLdlSchemas } from './ldl.ts'
import { linalgLeastSquaresSchemas } from './least-squares.ts'
import { linalgLuSchemas } from './lu.ts'
import { linalgNormSchemas } from './norms.ts'
import { linalgProductSchemas } from './products.ts'
import { linalgQrSchemas } from './qr.ts'
import { linalgSolveSchemas } from './solve.ts'
import { linalgSpectralSchemas } from './spectral.ts'

/** `torch.linalg`. Computed on the host, so that it needs a device that can be read synchronously. */
export const linalg = {
  ...functionsOf(linalgCholeskySchemas, 'linalg'),
  ...functionsOf(linalgDeterminantSchemas, 'linalg'),
  ...functionsOf(linalgLdlSchemas, 'linalg'),
  ...functionsOf(linalgLeastSquaresSchemas, 'linalg'),
  ...functionsOf(linalgLuSchemas, 'linalg'),
  ...functionsOf(linalgNormSchemas, 'linalg'),
  ...functionsOf(linalgProductSchemas, 'linalg'),
  ...functionsOf(linalgQrSchemas, 'linalg'),
  ...functionsOf(linalgSolveSchemas, 'linalg'),
  ...functionsOf(linalgSpectralSchemas, 'linalg'),
  ...functionsOf(vectorNormSchemas, 'linalg'),
  matmul,
}
