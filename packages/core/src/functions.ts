import './ops/install.ts'
import { copySchemas } from './ops/copy.ts'
import { creationSchemas } from './ops/creation.ts'
import { nativeNormSchemas } from './ops/functional/normalization.ts'
import { gradientSchemas } from './ops/gradient.ts'
import { histogramSchemas } from './ops/histogram.ts'
import { indexAlongSchemas } from './ops/index-along.ts'
import { indexSchemas, type positionSchemas } from './ops/indexing.ts'
import { joinSchemas } from './ops/join.ts'
import { choleskySchemas } from './ops/linalg/cholesky.ts'
import { determinantSchemas } from './ops/linalg/determinant.ts'
import { leastSquaresSchemas } from './ops/linalg/least-squares.ts'
import { luSchemas } from './ops/linalg/lu.ts'
import { matrixNormSchemas } from './ops/linalg/norms.ts'
import { matrixFunctionSchemas } from './ops/linalg/products.ts'
import { qrSchemas } from './ops/linalg/qr.ts'
import { solveSchemas } from './ops/linalg/solve.ts'
import { spectralSchemas } from './ops/linalg/spectral.ts'
import { lowRankSchemas } from './ops/low-rank.ts'
import { matmulSchemas } from './ops/matmul.ts'
import { normSchemas } from './ops/norms.ts'
import { numberSchemas, whereSchemas } from './ops/numbers.ts'
import { pixelSchemas } from './ops/pixels.ts'
import { pointwiseSchemas } from './ops/pointwise.ts'
import { productSchemas } from './ops/products.ts'
import { querySchemas, realPartSchemas } from './ops/queries.ts'
import { randomSchemas } from './ops/random.ts'
import { reductionSchemas } from './ops/reductions.ts'
import { scanSchemas } from './ops/scans.ts'
import { segmentReduceSchemas } from './ops/segment-reduce.ts'
import { shapeSchemas } from './ops/shape.ts'
import { softmaxSchemas } from './ops/softmax.ts'
import { sortingSchemas } from './ops/sorting.ts'
import { incompleteGammaSchemas, specialRootSchemas } from './ops/special.ts'
import { splitSchemas } from './ops/splits.ts'
import { stackingSchemas } from './ops/stacking.ts'
import { statisticsSchemas } from './ops/statistics.ts'
import { viewCopySchemas } from './ops/view-copies.ts'
import { viewScatterSchemas } from './ops/view-scatters.ts'
import { viewSchemas } from './ops/views.ts'
import { windowSchemas } from './ops/windows.ts'
import type { Functions } from './schema/types.ts'
import { functionsOf } from './table.ts'

// The free functions of the op table, named so that they can be imported one by one.

export const {
  indexAdd,
  indexCopy,
  indexFill,
  indexReduce,
  scatterReduce,
  take,
  takeAlongDim,
  put,
  maskedScatter,
} = functionsOf(indexAlongSchemas)

export const { softmax, logSoftmax, softmaxBackward, logSoftmaxBackward } =
  functionsOf(softmaxSchemas)

export const { inner, tensordot, kron, chainMatmul, cross, einsum } = functionsOf(productSchemas)

export const { i0, erfinv, polygamma, mvlgamma } = functionsOf(specialRootSchemas)

export const { histogram, histogramdd } = functionsOf(histogramSchemas)

export const {
  equal,
  allclose,
  isNonzero,
  isSameSize,
  isSigned,
  isFloatingPoint,
  isComplex,
  isConj,
  isNeg,
  isInference,
  numel,
} = functionsOf(querySchemas)

export const { conjPhysical, imag } = functionsOf(realPartSchemas)

export const { bartlettWindow, blackmanWindow, hannWindow, hammingWindow, kaiserWindow } =
  functionsOf(windowSchemas)

export const {
  aliasCopy,
  asStridedCopy,
  detachCopy,
  diagonalCopy,
  expandCopy,
  permuteCopy,
  selectCopy,
  sliceCopy,
  splitCopy,
  splitWithSizesCopy,
  squeezeCopy,
  tCopy,
  transposeCopy,
  unbindCopy,
  unfoldCopy,
  unsqueezeCopy,
  viewCopy,
} = functionsOf(viewCopySchemas)

export const { segmentReduce } = functionsOf(segmentReduceSchemas)

export const { gradient } = functionsOf(gradientSchemas)

export const { igamma, igammac } = functionsOf(incompleteGammaSchemas)

export const { norm, dist, renorm, cdist } = functionsOf(normSchemas)

export const {
  rand,
  randn,
  randint,
  randperm,
  randLike,
  randnLike,
  randintLike,
  bernoulli,
  multinomial,
  poisson,
  binomial,
  uniform,
  normal,
  random,
  exponential,
  geometric,
  cauchy,
  logNormal,
} = functionsOf(randomSchemas)

export const {
  cumsum,
  cumprod,
  cummax,
  cummin,
  logcumsumexp,
  diff,
  trapezoid,
  trapz,
  cumulativeTrapezoid,
} = functionsOf(scanSchemas)

export const {
  sort,
  argsort,
  msort,
  topk,
  kthvalue,
  median,
  nanmedian,
  mode,
  quantile,
  nanquantile,
  searchsorted,
  bucketize,
} = functionsOf(sortingSchemas)

export const {
  bincount,
  histc,
  unique,
  uniqueConsecutive,
  isin,
  isclose,
  cov,
  corrcoef,
  gcd,
  lcm,
  ldexp,
  frexp,
  floatPower,
} = functionsOf(statisticsSchemas)

export const {
  add,
  sub,
  mul,
  div,
  rsub,
  neg,
  abs,
  sign,
  square,
  reciprocal,
  addcmul,
  addcdiv,
  lerp,
  pow,
  exp,
  exp2,
  expm1,
  log,
  log2,
  log10,
  log1p,
  sqrt,
  rsqrt,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  sigmoid,
  erf,
  erfc,
  lgamma,
  digamma,
  relu,
  atan2,
  floor,
  ceil,
  trunc,
  frac,
  eq,
  ne,
  lt,
  le,
  gt,
  ge,
  isnan,
  logicalNot,
  logicalAnd,
  logicalOr,
  logicalXor,
  bitwiseNot,
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  maximum,
  minimum,
  clamp,
  clampMin,
  clampMax,
  remainder,
  fmod,
  floorDivide,
} = functionsOf(pointwiseSchemas)

export const {
  isfinite,
  isinf,
  isposinf,
  isneginf,
  isreal,
  signbit,
  sgn,
  angle,
  deg2rad,
  rad2deg,
  round,
  nanToNum,
  copysign,
  nextafter,
  heaviside,
  hypot,
  fmax,
  fmin,
  logaddexp,
  logaddexp2,
  logit,
  sinc,
  xlogy,
  bitwiseLeftShift,
  bitwiseRightShift,
  maskedFill,
} = functionsOf(numberSchemas)

/** Elements of two tensors by a condition, or the positions where a condition holds; `torch.where`. */
// Both tables add to the overloads of one name.
export const where = functionsOf(whereSchemas).where as Functions<typeof whereSchemas>['where'] &
  Functions<typeof positionSchemas>['where']

export const {
  view,
  viewAs,
  reshape,
  reshapeAs,
  flatten,
  unflatten,
  ravel,
  transpose,
  swapaxes,
  swapdims,
  t,
  permute,
  movedim,
  moveaxis,
  adjoint,
  expand,
  expandAs,
  broadcastTo,
  squeeze,
  unsqueeze,
  narrow,
  select,
  slice,
  diagonal,
  unfold,
  asStrided,
  alias,
} = functionsOf(viewSchemas)

export const { split, splitWithSizes, chunk, tensorSplit, hsplit, vsplit, dsplit, unbind } =
  functionsOf(splitSchemas)

export const {
  repeat,
  tile,
  repeatInterleave,
  roll,
  flip,
  fliplr,
  flipud,
  rot90,
  tril,
  triu,
  trilIndices,
  triuIndices,
  diag,
  diagflat,
  diagEmbed,
  trace,
  sumToSize,
  constantPadNd,
  vander,
  narrowCopy,
  conj,
  real,
  positive,
  resolveConj,
  resolveNeg,
  fillDiagonal,
} = functionsOf(shapeSchemas)

export const {
  atleast1d,
  atleast2d,
  atleast3d,
  hstack,
  vstack,
  rowStack,
  dstack,
  columnStack,
  blockDiag,
  broadcastTensors,
  meshgrid,
  cartesianProd,
  combinations,
} = functionsOf(stackingSchemas)

export const { selectScatter, sliceScatter, diagonalScatter, asStridedScatter } =
  functionsOf(viewScatterSchemas)

export const { channelShuffle, pixelShuffle, pixelUnshuffle } = functionsOf(pixelSchemas)

export const { clone } = functionsOf(copySchemas)

export const {
  zeros,
  ones,
  empty,
  full,
  eye,
  arange,
  linspace,
  logspace,
  zerosLike,
  onesLike,
  emptyLike,
  fullLike,
  newZeros,
  newOnes,
  newEmpty,
  newFull,
  fill,
  zero,
} = functionsOf(creationSchemas)

export const {
  sum,
  nansum,
  mean,
  nanmean,
  prod,
  amax,
  amin,
  aminmax,
  argmax,
  argmin,
  max,
  min,
  any,
  all,
  countNonzero,
  logsumexp,
  var: variance,
  std,
  varMean,
  stdMean,
} = functionsOf(reductionSchemas)

export const { mm, bmm, mv, dot, vdot, outer, ger, matmul, addmm, addmv, addr, baddbmm, addbmm } =
  functionsOf(matmulSchemas)

export const { cat, concat, stack } = functionsOf(joinSchemas)

export const {
  index,
  indexPut,
  nonzero,
  argwhere,
  maskedSelect,
  indexSelect,
  gather,
  scatter,
  scatterAdd,
} = functionsOf(indexSchemas)

export const { cholesky, choleskyInverse, choleskySolve } = functionsOf(choleskySchemas)

export const { det, slogdet, logdet } = functionsOf(determinantSchemas)

export const { pinverse } = functionsOf(leastSquaresSchemas)

export const { lu, luUnpack, luSolve } = functionsOf(luSchemas)

export const { frobeniusNorm, nuclearNorm } = functionsOf(matrixNormSchemas)

export const { matrixPower, matrixExp } = functionsOf(matrixFunctionSchemas)

export const { qr, geqrf, orgqr, ormqr } = functionsOf(qrSchemas)

export const { inverse, triangularSolve } = functionsOf(solveSchemas)

export const { svd, symeig } = functionsOf(spectralSchemas)

export const { nativeBatchNorm, nativeLayerNorm } = functionsOf(nativeNormSchemas)

export const { svdLowrank, pcaLowrank } = functionsOf(lowRankSchemas)
