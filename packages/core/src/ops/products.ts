import { elementCount } from '@sconce/backend'
import { check, RuntimeError, sizes } from '../errors.ts'
import type { Schemas } from '../schema/types.ts'
import { wrapDim } from '../shape.ts'
import { callOperation, define, type FamilyImplementations } from '../table.ts'
import type { Tensor } from '../tensor.ts'
import { einsum } from './einsum.ts'

/** Products written with those of `matmul.ts`. */
export const productSchemas = {
  inner: 'inner(Tensor self, Tensor other) -> Tensor',
  /** Sum over the last dims of one and the first of the other, or over pairs of dims. */
  tensordot: [
    'tensordot(Tensor self, Tensor other, int|int[][] dims=2) -> Tensor',
    'tensordot.dims(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor',
  ],
  kron: 'kron(Tensor self, Tensor other) -> Tensor',
  chainMatmul: 'chain_matmul(Tensor[] matrices) -> Tensor',
  cross: 'cross(Tensor self, Tensor other, int? dim=None) -> Tensor',
  /** Sum over repeated subscripts: `einsum('ij,jk->ik', [a, b])`; `torch.einsum`. */
  einsum: 'einsum(str equation, Tensor[] operands) -> Tensor',
} as const satisfies Schemas

function tensordot(a: Tensor, b: Tensor, dimsA: number[], dimsB: number[]): Tensor {
  check(dimsA.length === dimsB.length, () => 'both dimension lists should have same length')
  const left = dimsA.map((d) => wrapDim(d, a.ndim))
  const right = dimsB.map((d) => wrapDim(d, b.ndim))
  left.forEach((d, i) => {
    check(
      a.shape[d] === b.shape[right[i]] || a.shape[d] === 1 || b.shape[right[i]] === 1,
      () =>
        `contracted dimensions need to match, but first has size ${a.shape[d]} in dim ${dimsA[i]} and second has size ${b.shape[right[i]]} in dim ${dimsB[i]}`,
    )
  })
  // A size of 1 against a larger one: the larger is summed first.
  let [x, y] = [a, b]
  left.forEach((d, i) => {
    const e = right[i]
    if (a.shape[d] === 1 && b.shape[e] !== 1) y = y.sum(e, true)
    else if (b.shape[e] === 1 && a.shape[d] !== 1) x = x.sum(d, true)
  })
  const freeA = [...a.shape.keys()].filter((d) => !left.includes(d))
  const freeB = [...b.shape.keys()].filter((d) => !right.includes(d))
  const inner = elementCount(left.map((d) => x.shape[d]))
  const m = freeA.map((d) => x.shape[d])
  const n = freeB.map((d) => y.shape[d])
  return x
    .permute([...freeA, ...left])
    .reshape([elementCount(m), inner])
    .mm(y.permute([...right, ...freeB]).reshape([inner, elementCount(n)]))
    .reshape([...m, ...n])
}

function kron(a: Tensor, b: Tensor): Tensor {
  const rank = Math.max(a.ndim, b.ndim)
  const pad = (t: Tensor) => [...Array<number>(rank - t.ndim).fill(1), ...t.shape]
  const [p, q] = [pad(a), pad(b)]
  const product = a.reshape(p.flatMap((s) => [s, 1])).mul(b.reshape(q.flatMap((s) => [1, s])))
  return product.reshape(p.map((s, d) => s * q[d]))
}

/** Along the first dim of size 3, unless one is given. */
function cross(a: Tensor, b: Tensor, dim: number | undefined): Tensor {
  const d = dim ?? a.shape.indexOf(3)
  check(d !== -1 || dim !== undefined, () => 'no dimension of size 3 in input')
  return callOperation('linalg_cross', [a, b, d]) as Tensor
}

/** The cheapest order of a chain of matrix products, by dynamic programming. */
export function chain(matrices: readonly Tensor[]): Tensor {
  const n = matrices.length
  if (n === 1) return matrices[0]
  const size = [matrices[0].shape[0], ...matrices.map((m) => m.shape[1])]
  const cost = Array.from({ length: n }, () => Array<number>(n).fill(0))
  const cut = Array.from({ length: n }, () => Array<number>(n).fill(0))
  for (let length = 1; length < n; length++) {
    for (let i = 0; i + length < n; i++) {
      const j = i + length
      cost[i][j] = Number.POSITIVE_INFINITY
      for (let k = i; k < j; k++) {
        const c = cost[i][k] + cost[k + 1][j] + size[i] * size[k + 1] * size[j + 1]
        if (c < cost[i][j]) {
          cost[i][j] = c
          cut[i][j] = k
        }
      }
    }
  }
  const build = (i: number, j: number): Tensor =>
    i === j ? matrices[i] : build(i, cut[i][j]).mm(build(cut[i][j] + 1, j))
  return build(0, n - 1)
}

const implementations: FamilyImplementations<typeof productSchemas> = {
  inner: (a, b) => {
    if (a.ndim === 0 || b.ndim === 0) return a.mul(b)
    check(
      a.shape[a.ndim - 1] === b.shape[b.ndim - 1],
      () =>
        `inner() the last dimension must match on both input tensors but got shapes ${sizes(a.shape)} and ${sizes(b.shape)}`,
    )
    return tensordot(a, b, [-1], [-1])
  },
  tensordot: (a, b, dims) => {
    if (typeof dims !== 'number') return tensordot(a, b, dims[0], dims[1])
    check(dims >= 0, () => `tensordot expects dims >= 0, but got dims=${dims}`)
    const front = [...Array(dims).keys()]
    return tensordot(
      a,
      b,
      front.map((d) => d - dims),
      front,
    )
  },
  'tensordot.dims': tensordot,
  kron,
  chain_matmul: (matrices) => {
    check(matrices.length > 0, () => 'chain_matmul(): Expected one or more matrices')
    for (const m of matrices) {
      if (m.ndim !== 2) throw new RuntimeError(`Tensor dimension is ${m.ndim}, expected 2 instead.`)
    }
    return chain(matrices)
  },
  cross,
  einsum: (equation, operands) => einsum(equation, operands),
}

define(productSchemas, implementations)
