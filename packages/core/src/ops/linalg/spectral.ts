import { dtypes, isFloat } from '@sconce/backend'
import { check, RuntimeError } from '../../errors.ts'
import { finfo } from '../../limits.ts'
import {
  checkInfos,
  checkIsMatrix,
  checkIsSquare,
  eig as eigHost,
  eigh as eighHost,
  SVD_DRIVER,
  svd as svdHost,
  svdvals,
  uplo,
} from '../../linalg/index.ts'
import type { Schemas } from '../../schema/types.ts'
import { define, type FamilyImplementations, functionsOf } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { batchOf, checkFloat, checkKernel, sizeOf } from './checks.ts'
import { batched, part, readBatch } from './host.ts'

/** Singular values and eigenvalues in the root of PyTorch. */
export const spectralSchemas = {
  /** A = U diag(S) Vᵀ. Without `computeUv` U and V are zeros. */
  svd: 'svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)',
  /** Eigenvalues, and vectors if asked for, of a symmetric matrix. */
  symeig:
    'symeig(Tensor self, bool eigenvectors=False, bool upper=True) -> (Tensor eigenvalues, Tensor eigenvectors)',
} as const satisfies Schemas

export const linalgSpectralSchemas = {
  /** A = U diag(S) Vh, with vectors of all dims or, without `fullMatrices`, min(m, n) of each. */
  svd: 'linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)',
  svdvals: 'linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor',
  /** Eigenvalues in ascending order, and eigenvectors, of the symmetric matrix in a triangle. */
  eigh: "linalg_eigh(Tensor self, str UPLO='L') -> (Tensor eigenvalues, Tensor eigenvectors)",
  eigvalsh: "linalg_eigvalsh(Tensor self, str UPLO='L') -> Tensor",
  /** Eigenvalues and vectors of a square matrix. All must be real: there are no complex dtypes. */
  eig: 'linalg_eig(Tensor self) -> (Tensor eigenvalues, Tensor eigenvectors)',
  eigvals: 'linalg_eigvals(Tensor self) -> Tensor',
} as const satisfies Schemas

/** The decompositions as autograd sees them: vectors are computed only where something needs them. */
export const innerSpectralSchemas = {
  linalgSvd:
    '_linalg_svd(Tensor A, bool full_matrices, bool compute_uv) -> (Tensor U, Tensor S, Tensor Vh)',
  linalgEigh:
    '_linalg_eigh(Tensor A, str UPLO, bool compute_v) -> (Tensor eigenvalues, Tensor eigenvectors)',
  symeigHelper:
    '_symeig_helper(Tensor self, bool compute_v, bool upper) -> (Tensor eigenvalues, Tensor eigenvectors)',
} as const satisfies Schemas

/** LAPACK's count of what did not converge in a matrix that is not finite, where doubles just give NaN. */
const infoOf = (info: number, values: Float64Array): number =>
  info || (Number.isNaN(values[0]) && values.length > 1 ? values.length - 1 : 0)

function svd(A: Tensor, fullMatrices: boolean, computeUv: boolean) {
  checkIsMatrix('linalg.svd', A.shape)
  checkFloat('linalg.svd', A)
  checkKernel('linalg_svd_cpu', A)
  const a = readBatch(A, 2)
  const [m, n] = sizeOf(A)
  const k = Math.min(m, n)
  const single = A.ndim === 2
  const { eps } = finfo(A.dtype)
  if (!computeUv) {
    const found = Array.from({ length: a.count }, (_, i) => svdvals(a.at(i), m, n))
    checkInfos(
      'linalg.svd',
      found.map(({ s, info }) => infoOf(info, s)),
      single,
    )
    const { S } = batched(A, batchOf(A), { S: part(k) }, (i) => ({ S: found[i].s }))
    return { U: A.newEmpty([0]), S, Vh: A.newEmpty([0]) }
  }
  const found = Array.from({ length: a.count }, (_, i) =>
    svdHost(a.at(i), m, n, { fullMatrices, eps }),
  )
  checkInfos(
    'linalg.svd',
    found.map(({ s, info }) => infoOf(info, s)),
    single,
  )
  const [ku, kv] = fullMatrices ? [m, n] : [k, k]
  return batched(A, batchOf(A), { U: part(m, ku), S: part(k), Vh: part(kv, n) }, (i) => ({
    U: found[i].u,
    S: found[i].s,
    Vh: found[i].vh,
  }))
}

function eigenpairs(t: Tensor, op: string, upper: boolean, valuesOnly: boolean) {
  const a = readBatch(t, 2)
  const [n] = sizeOf(t)
  const { eps } = finfo(t.dtype)
  const found = Array.from({ length: a.count }, (_, i) =>
    eighHost(a.at(i), n, { upper, valuesOnly, eps }),
  )
  checkInfos(
    op,
    found.map(({ values, info }) => infoOf(info, values)),
    t.ndim === 2,
  )
  const values = (i: number) => found[i].values
  if (valuesOnly) {
    const parts = { eigenvalues: part(n) }
    const { eigenvalues } = batched(t, batchOf(t), parts, (i) => ({ eigenvalues: values(i) }))
    return { eigenvalues, eigenvectors: t.newEmpty([0]) }
  }
  const parts = { eigenvalues: part(n), eigenvectors: part(n, n) }
  return batched(t, batchOf(t), parts, (i) => ({
    eigenvalues: values(i),
    eigenvectors: found[i].vectors ?? [],
  }))
}

function eigh(A: Tensor, letter: string, computeV: boolean) {
  checkIsSquare('linalg.eigh', A.shape)
  const upper = letter.toUpperCase() === 'U'
  check(upper || letter.toUpperCase() === 'L', () => uplo(letter))
  checkKernel('linalg_eigh_cpu', A)
  return eigenpairs(A, 'linalg.eigh', upper, !computeV)
}

function symeig(t: Tensor, computeV: boolean, upper: boolean) {
  checkIsSquare('linalg.symeig', t.shape)
  checkKernel('symeig_cpu', t)
  return eigenpairs(t, 'symeig', upper, !computeV)
}

function eig(t: Tensor, op: string) {
  checkIsSquare(op, t.shape)
  check(isFloat(t.dtype), () => `Unknown Complex ScalarType for ${dtypes[t.dtype].scalarType}`)
  checkKernel('linalg_eig_out_cpu', t)
  const a = readBatch(t, 2)
  const [n] = sizeOf(t)
  const parts = { eigenvalues: part(n), eigenvectors: part(n, n) }
  return batched(t, batchOf(t), parts, (i) => {
    const matrix = a.at(i)
    check(
      matrix.every(Number.isFinite),
      () => 'torch.linalg.eig: input tensor should not contain infs or NaNs.',
    )
    const { re, im, vectorsRe, info } = eigHost(matrix, n)
    checkInfos(op, [info], t.ndim === 2)
    if (im.some((x) => x !== 0)) {
      throw new RuntimeError(
        `${op}: the matrix has complex eigenvalues, and complex numbers are not supported`,
      )
    }
    return { eigenvalues: re, eigenvectors: vectorsRe }
  })
}

const implementations: FamilyImplementations<typeof spectralSchemas> = {
  svd: (t, some, computeUv) => {
    check(
      t.ndim >= 2,
      () =>
        `linalg.svd: input should have at least 2 dimensions, but has ${t.ndim} dimensions instead`,
    )
    if (computeUv) {
      const { U, S, Vh } = functions.svd(t, !some)
      return { U, S, V: Vh.mT }
    }
    const [m, n] = sizeOf(t)
    const square = (size: number) => t.newZeros([...batchOf(t), size, size])
    return { U: square(m), S: functions.svdvals(t), V: square(n) }
  },
  symeig: (t, eigenvectors, upper) => inner.symeigHelper(t, eigenvectors, upper),
}

const checkDriver = (driver: string | undefined): void =>
  check(driver === undefined, () => SVD_DRIVER)

const linalgImplementations: FamilyImplementations<typeof linalgSpectralSchemas> = {
  linalg_svd: (A, fullMatrices, driver) => {
    checkDriver(driver)
    return inner.linalgSvd(A, fullMatrices, true)
  },
  linalg_svdvals: (A, driver) => {
    checkDriver(driver)
    // The derivative needs the vectors.
    return inner.linalgSvd(A, false, A.requiresGrad).S
  },
  linalg_eigh: (t, letter) => inner.linalgEigh(t, letter, true),
  linalg_eigvalsh: (t, letter) => inner.linalgEigh(t, letter, t.requiresGrad).eigenvalues,
  linalg_eig: (t) => eig(t, 'linalg.eig'),
  linalg_eigvals: (t) =>
    t.requiresGrad ? functions.eig(t).eigenvalues : eig(t, 'linalg.eigvals').eigenvalues,
}

define(spectralSchemas, implementations)
define(linalgSpectralSchemas, linalgImplementations, 'linalg')
define(
  innerSpectralSchemas,
  { _linalg_svd: svd, _linalg_eigh: eigh, _symeig_helper: symeig },
  'internal',
)
const functions = functionsOf(linalgSpectralSchemas, 'linalg')
const inner = functionsOf(innerSpectralSchemas, 'internal')
