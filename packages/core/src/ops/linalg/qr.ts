import { dtypes } from '@sconce/backend'
import { check, sizes } from '../../errors.ts'
import {
  checkIsMatrix,
  geqrf,
  householderProduct,
  ormqr as ormqrHost,
  type QrMode,
  qr as qrHost,
  qrMode,
} from '../../linalg/index.ts'
import type { Schemas } from '../../schema/types.ts'
import { sameShape } from '../../shape.ts'
import { callOperation, define, type FamilyImplementations, functionsOf } from '../../table.ts'
import type { Tensor } from '../../tensor.ts'
import { batchOf, checkFloat, checkHasDims, checkKernel, sizeOf } from './checks.ts'
import { batched, part, readBatch } from './host.ts'

/** QR factors in the root of PyTorch. */
export const qrSchemas = {
  qr: 'qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)',
  /** R with the reflectors below it, and their factors. */
  geqrf: 'geqrf(Tensor self) -> (Tensor a, Tensor tau)',
  orgqr: 'orgqr(Tensor self, Tensor input2) -> Tensor',
  /** The product of Q, given by reflectors, and a matrix. */
  ormqr:
    'ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor',
} as const satisfies Schemas

export const linalgQrSchemas = {
  /** A = Q R; `mode` is `'reduced'`, `'complete'` or `'r'`, which leaves Q out. */
  qr: "linalg_qr(Tensor A, str mode='reduced') -> (Tensor Q, Tensor R)",
  /** The first columns of the product of Householder reflectors. */
  householderProduct: 'linalg_householder_product(Tensor input, Tensor tau) -> Tensor',
} as const satisfies Schemas

const modes: readonly QrMode[] = ['reduced', 'complete', 'r']

function qr(A: Tensor, given: string): { Q: Tensor; R: Tensor } {
  checkIsMatrix('linalg.qr', A.shape)
  checkFloat('linalg.qr', A)
  const mode = modes.find((m) => m === given)
  check(mode !== undefined, () => qrMode(given))
  checkKernel('geqrf_cpu', A)
  const a = readBatch(A, 2)
  const [m, n] = sizeOf(A)
  const k = mode === 'complete' ? m : Math.min(m, n)
  if (mode === 'r') {
    const { R } = batched(A, batchOf(A), { R: part(k, n) }, (i) => ({
      R: qrHost(a.at(i), m, n, 'r').r,
    }))
    return { Q: A.newEmpty([0]), R }
  }
  return batched(A, batchOf(A), { Q: part(m, k), R: part(k, n) }, (i) => {
    const { q = [], r } = qrHost(a.at(i), m, n, mode)
    return { Q: q, R: r }
  })
}

function packed(t: Tensor): { a: Tensor; tau: Tensor } {
  check(t.ndim >= 2, () => 'torch.geqrf: input must have at least 2 dimensions.')
  checkKernel('geqrf_cpu', t)
  const a = readBatch(t, 2)
  const [m, n] = sizeOf(t)
  const parts = { a: part(m, n), tau: part(Math.min(m, n)) }
  return batched(t, batchOf(t), parts, (i) => geqrf(a.at(i), m, n))
}

function product(input: Tensor, tau: Tensor): Tensor {
  const op = 'torch.linalg.householder_product'
  check(input.ndim >= 2, () => `${op}: input must have at least 2 dimensions.`)
  const [m, n] = sizeOf(input)
  check(m >= n, () => `${op}: input.shape[-2] must be greater than or equal to input.shape[-1]`)
  checkHasDims(tau, -1)
  const k = tau.size(-1)
  check(n >= k, () => `${op}: input.shape[-1] must be greater than or equal to tau.shape[-1]`)
  checkTau(op, input, tau)
  check(
    tau.dtype === input.dtype,
    () =>
      `${op}: tau dtype ${dtypes[tau.dtype].scalarType} does not match input dtype ${dtypes[input.dtype].scalarType}`,
  )
  checkKernel('orgqr_cpu', input)
  const a = readBatch(input, 2)
  const factors = readBatch(tau, 1)
  return batched(input, batchOf(input), { Q: part(m, n) }, (i) => ({
    Q: householderProduct(a.at(i), m, n, factors.at(i)),
  })).Q
}

function checkTau(op: string, input: Tensor, tau: Tensor): void {
  check(
    tau.ndim === input.ndim - 1,
    () =>
      `${op}: Expected tau to have one dimension less than input, but got tau.ndim equal to ${tau.ndim} and input.ndim is equal to ${input.ndim}`,
  )
  checkSameBatch(op, 'tau', tau.shape.slice(0, -1), input)
}

function checkSameBatch(op: string, name: string, batch: readonly number[], input: Tensor): void {
  check(
    sameShape(batch, batchOf(input)),
    () =>
      `${op}: Expected batch dimensions of ${name} to be equal to input.shape[:-2], but got ${sizes(batch)}`,
  )
}

function ormqr(
  input: Tensor,
  tau: Tensor,
  other: Tensor,
  left: boolean,
  transpose: boolean,
): Tensor {
  const op = 'torch.ormqr'
  check(input.ndim >= 2, () => `${op}: input must have at least 2 dimensions.`)
  check(other.ndim >= 2, () => `${op}: other must have at least 2 dimensions.`)
  const [order, width] = sizeOf(input)
  const [m, n] = sizeOf(other)
  checkHasDims(tau, -1)
  const k = tau.size(-1)
  const [side, size] = left ? [-2, m] : [-1, n]
  check(
    size >= k,
    () => `${op}: other.shape[${side}] must be greater than or equal to tau.shape[-1]`,
  )
  check(size === order, () => `${op}: other.shape[${side}] must be equal to input.shape[-2]`)
  check(k <= width, () => `${op}: tau.shape[-1] must be less than or equal to input.shape[-1]`)
  checkTau(op, input, tau)
  check(
    other.ndim === input.ndim,
    () =>
      `${op}: Expected other to have the same number of dimensions as input, but got other.ndim equal to ${other.ndim} and input.ndim is equal to ${input.ndim}`,
  )
  checkSameBatch(op, 'other', batchOf(other), input)
  for (const [name, t] of Object.entries({ tau, other })) {
    check(
      t.dtype === input.dtype,
      () =>
        `${op}: Expected input and ${name} to have the same dtype, but input has dtype${dtypes[input.dtype].scalarType} and ${name} has dtype ${dtypes[t.dtype].scalarType}`,
    )
  }
  checkKernel('ormqr_cpu', input)
  const a = readBatch(input, 2)
  const factors = readBatch(tau, 1)
  const c = readBatch(other, 2)
  return batched(input, batchOf(other), { product: part(m, n) }, (i) => ({
    product: ormqrHost(a.at(i), width, factors.at(i), c.at(i), m, n, { left, transpose }),
  })).product
}

const implementations: FamilyImplementations<typeof qrSchemas> = {
  qr: (t, some) => functions.qr(t, some ? 'reduced' : 'complete'),
  geqrf: packed,
  orgqr: (t, tau) => callOperation('linalg_householder_product', [t, tau]) as Tensor,
  ormqr,
}

const linalgImplementations: FamilyImplementations<typeof linalgQrSchemas> = {
  linalg_qr: qr,
  linalg_householder_product: product,
}

define(qrSchemas, implementations)
define(linalgQrSchemas, linalgImplementations, 'linalg')
const functions = functionsOf(linalgQrSchemas, 'linalg')
