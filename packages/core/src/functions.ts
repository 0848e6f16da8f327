import { copySchemas } from './ops/copy.ts'
import { creationSchemas } from './ops/creation.ts'
import { indexSchemas } from './ops/indexing.ts'
import { joinSchemas } from './ops/join.ts'
import { matmulSchemas } from './ops/matmul.ts'
import { pointwiseSchemas } from './ops/pointwise.ts'
import { reductionSchemas } from './ops/reductions.ts'
import { viewSchemas } from './ops/views.ts'
import { functionsOf } from './table.ts'
import './ops/install.ts'

// The free functions of the op table, named so that they can be imported one by one.

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
  split,
  splitWithSizes,
  chunk,
  hsplit,
  vsplit,
  dsplit,
  unbind,
  alias,
} = functionsOf(viewSchemas)

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
  mean,
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

export const { mm, bmm, mv, dot, vdot, outer, ger, matmul, addmv, addr } =
  functionsOf(matmulSchemas)

export const { cat, concat, stack } = functionsOf(joinSchemas)

export const { index, nonzero, argwhere, maskedSelect, indexSelect, gather, scatter, scatterAdd } =
  functionsOf(indexSchemas)
