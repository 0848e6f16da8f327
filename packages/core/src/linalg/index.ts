/**
 * Dense linear algebra on the host, which `torch.linalg` is built on: pure functions of row-major
 * `Float64Array` matrices.
 */
export { type Cholesky, cholesky, choleskyInverse, choleskySolve } from './cholesky.ts'
export { completeOrthogonal, type PivotedQr, pivotedQr } from './complete-orthogonal.ts'
export { determinant, determinantFromLu, slogdet, slogdetFromLu } from './determinant.ts'
export { type Eig, eig, eigvals } from './eig.ts'
export { type Eigh, type EighOptions, eigh, eigvalsh } from './eigh.ts'
export * from './errors.ts'
export { hessenberg } from './hessenberg.ts'
export { type LdlFactors, ldlFactor, ldlSolve } from './ldl.ts'
export { type Lstsq, type LstsqDriver, type LstsqOptions, lstsq } from './lstsq.ts'
export {
  inverse,
  type LuFactors,
  type LuSolveOptions,
  luFactor,
  luSolve,
  luUnpack,
  matrixPower,
  permutationMatrix,
  pivotsToPermutation,
  solve,
} from './lu.ts'
export {
  identity,
  maxAbs,
  multiply,
  symmetric,
  transpose,
  triangle,
} from './matrix.ts'
export { matrixExp } from './matrix-exp.ts'
export { conditionNumber, type MatrixNormOrder, matrixNorm } from './norms.ts'
export {
  matrixRank,
  pseudoinverse,
  type RankOptions,
  rankTolerance,
  type Tolerance,
} from './pseudoinverse.ts'
export {
  type Geqrf,
  geqrf,
  householderProduct,
  type OrmqrOptions,
  ormqr,
  type QrMode,
  qr,
} from './qr.ts'
export { type Schur, schur } from './schur.ts'
export { type Svd, type SvdOptions, svd, svdvals } from './svd.ts'
export { type TriangularOptions, triangularSolve, triangularSolveInPlace } from './triangular.ts'
