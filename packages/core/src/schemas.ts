/** The schema tables by family, for whoever types something by them (such as derivatives). */
export { copySchemas } from './ops/copy.ts'
export { creationSchemas } from './ops/creation.ts'
export { fftSchemas } from './ops/fft.ts'
export { activationSchemas } from './ops/functional/activations.ts'
export { fusedAttentionSchemas } from './ops/functional/attention.ts'
export { convolutionSchemas } from './ops/functional/conv.ts'
export { foldInnerSchemas } from './ops/functional/fold.ts'
export { linearSchemas } from './ops/functional/linear.ts'
export { lossSchemas } from './ops/functional/losses.ts'
export { nllInnerSchemas } from './ops/functional/nll.ts'
export { nativeNormSchemas } from './ops/functional/normalization.ts'
export { padInnerSchemas } from './ops/functional/pad.ts'
export { poolInnerSchemas } from './ops/functional/pool.ts'
export { gradientSchemas } from './ops/gradient.ts'
export { histogramSchemas } from './ops/histogram.ts'
export { indexAlongSchemas } from './ops/index-along.ts'
export { indexSchemas, positionSchemas } from './ops/indexing.ts'
export { joinSchemas } from './ops/join.ts'
export { choleskySchemas, linalgCholeskySchemas } from './ops/linalg/cholesky.ts'
export {
  determinantSchemas,
  innerDeterminantSchemas,
  linalgDeterminantSchemas,
} from './ops/linalg/determinant.ts'
export { linalgLdlSchemas } from './ops/linalg/ldl.ts'
export { leastSquaresSchemas, linalgLeastSquaresSchemas } from './ops/linalg/least-squares.ts'
export { linalgLuSchemas, luSchemas } from './ops/linalg/lu.ts'
export { linalgNormSchemas, matrixNormSchemas } from './ops/linalg/norms.ts'
export { linalgProductSchemas, matrixFunctionSchemas } from './ops/linalg/products.ts'
export { linalgQrSchemas, qrSchemas } from './ops/linalg/qr.ts'
export { innerSolveSchemas, linalgSolveSchemas, solveSchemas } from './ops/linalg/solve.ts'
export {
  innerSpectralSchemas,
  linalgSpectralSchemas,
  spectralSchemas,
} from './ops/linalg/spectral.ts'
export { maskedSchemas } from './ops/masked.ts'
export { matmulSchemas } from './ops/matmul.ts'
export { innerNormSchemas, normSchemas, vectorNormSchemas } from './ops/norms.ts'
export { numberSchemas, whereSchemas } from './ops/numbers.ts'
export { pixelSchemas } from './ops/pixels.ts'
export { pointwiseSchemas } from './ops/pointwise.ts'
export { productSchemas } from './ops/products.ts'
export { querySchemas, realPartSchemas, typeSchemas } from './ops/queries.ts'
export { randomSchemas } from './ops/random.ts'
export { reductionSchemas } from './ops/reductions.ts'
export { scanSchemas } from './ops/scans.ts'
export { segmentReduceSchemas } from './ops/segment-reduce.ts'
export { shapeSchemas } from './ops/shape.ts'
export { softmaxSchemas } from './ops/softmax.ts'
export { sortingSchemas } from './ops/sorting.ts'
export {
  incompleteGammaSchemas,
  specialHostSchemas,
  specialRootSchemas,
  specialSchemas,
} from './ops/special.ts'
export { splitSchemas } from './ops/splits.ts'
export { stackingSchemas } from './ops/stacking.ts'
export { statisticsSchemas } from './ops/statistics.ts'
export { viewCopySchemas } from './ops/view-copies.ts'
export { viewScatterSchemas } from './ops/view-scatters.ts'
export { viewSchemas } from './ops/views.ts'
export { windowSchemas } from './ops/windows.ts'
