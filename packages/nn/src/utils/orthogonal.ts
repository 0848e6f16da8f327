import { noGrad } from '@sconce/autograd'
import {
  cat,
  eye,
  finfo,
  geqrf,
  linalg,
  matrixExp,
  NotImplementedError,
  randn,
  Tensor,
  torchSize,
  ValueError,
} from '@sconce/core'
import { memberOf } from '../module/members.ts'
import { Module } from '../module/module.ts'
import { registerParametrization } from './parametrize.ts'

/** How an orthogonal matrix is made of a free one. */
const maps = ['matrix_exp', 'cayley', 'householder'] as const
type OrthogonalMap = (typeof maps)[number]
const isMap = (name: string): name is OrthogonalMap => (maps as readonly string[]).includes(name)

const alike = ({ dtype, device }: Tensor) => ({ dtype, device })
const diagonalOf = (t: Tensor): Tensor => t.diagonal(0, -2, -1)

function isOrthogonal(q: Tensor): boolean {
  const [n, k] = q.shape.slice(-2)
  const atol = 10 * n * finfo(q.dtype).eps
  return q.mT.matmul(q).allclose(eye(k, alike(q)), { atol })
}

/** The Q of A = QR with an R whose diagonal is not negative. */
function makeOrthogonal(a: Tensor): Tensor {
  const { a: reflectors, tau } = geqrf(a)
  return linalg.householderProduct(reflectors, tau).mul(diagonalOf(reflectors).sgn().unsqueeze(-2))
}

/** An orthogonal matrix from a lower triangle, around a base. */
// PyTorch prints the name with its underscore.
class _Orthogonal extends Module {
  readonly shape: readonly number[]
  readonly orthogonalMap: OrthogonalMap
  readonly isTrivialization: boolean
  declare base: Tensor | null

  constructor(weight: Tensor, orthogonalMap: OrthogonalMap, isTrivialization: boolean) {
    super()
    this.shape = weight.shape
    this.orthogonalMap = orthogonalMap
    this.isTrivialization = isTrivialization
    if (isTrivialization) this.registerBuffer('base', null)
  }

  override forward(given: Tensor): Tensor {
    const isWide = given.size(-2) < given.size(-1)
    const x = isWide ? given.mT : given
    const q = this.orthogonalMap === 'householder' ? reflected(x) : rotated(x, this.orthogonalMap)
    const moved = this.isTrivialization && this.base ? this.base.matmul(q) : q
    return isWide ? moved.mT : moved
  }

  /** @throws ValueError for another shape; NotImplementedError for maps that have no inverse. */
  rightInverse(given: Tensor): Tensor {
    if (String(given.shape) !== String(this.shape)) {
      throw new ValueError(
        `Expected a matrix or batch of matrices of shape ${torchSize(this.shape)}. Got a tensor of shape ${torchSize(given.shape)}.`,
      )
    }
    return noGrad(() => {
      const isWide = given.size(-2) < given.size(-1)
      const q = isWide ? given.mT : given
      if (this.isTrivialization) {
        this.base = completed(q)
        // The signs of the reflections' diagonal: of zeros they give the identity.
        const start = given.zerosLike()
        diagonalOf(start).fill_(-1)
        return start
      }
      if (this.orthogonalMap !== 'householder') {
        throw new NotImplementedError(
          'It is not possible to assign to the matrix exponential or the Cayley parametrizations when use_trivialization=False.',
        )
      }
      const { a, tau } = geqrf(q)
      const diagonal = diagonalOf(a)
      // LAPACK gives exactly zero where it makes no use of a reflection.
      diagonal.copy_(diagonal.sign().mul(tau.eq(0).to(a.dtype).mul(-2).add(1)))
      return isWide ? a.mT : a
    })
  }
}

/** The product of the reflections below the diagonal. */
function reflected(x: Tensor): Tensor {
  const a = x.tril(-1)
  const tau = a.square().sum(-2).add(1).reciprocal().mul(2)
  // The diagonal is of signs, which are not learnt.
  const signs = diagonalOf(x).detach().trunc()
  return linalg.householderProduct(a, tau).mul(signs.unsqueeze(-2))
}

/** The rotation of a skew-symmetric matrix. */
function rotated(x: Tensor, map: OrthogonalMap): Tensor {
  const [n, k] = x.shape.slice(-2)
  const lower = x.tril()
  const batch = x.shape.slice(0, -2)
  const square = n === k ? lower : cat([lower, x.newZeros([...batch, n, n - k])], -1)
  const skew = square.sub(square.mT)
  const identity = eye(n, alike(x))
  const q =
    map === 'matrix_exp'
      ? matrixExp(skew)
      : linalg.solve(identity.add(skew, { alpha: -0.5 }), identity.add(skew, { alpha: 0.5 }))
  return n === k ? q : q.narrow(-1, 0, k)
}

/** An orthogonal square matrix whose first columns span those of a tall one. */
function completed(q: Tensor): Tensor {
  const [n, k] = q.shape.slice(-2)
  if (n === k) return isOrthogonal(q) ? q.clone() : makeOrthogonal(q)
  return makeOrthogonal(cat([q, randn([...q.shape.slice(0, -2), n, n - k], alike(q))], -1))
}

/** Options of `orthogonal`. */
export interface OrthogonalOptions {
  name?: string
  /** Default: `matrix_exp` of a square matrix, else `householder`. */
  orthogonalMap?: string
  /** Whether the matrix moves around a base, after Lezcano Casado (2019). */
  useTrivialization?: boolean
}

/**
 * Keeps a matrix orthogonal, or the matrices of a batch; `parametrizations.orthogonal`.
 *
 * @throws ValueError in PyTorch's words for what is no matrix, and for an unknown map.
 */
export function orthogonal<M extends Module>(
  module: M,
  name: string | OrthogonalOptions = 'weight',
  map?: string | OrthogonalOptions,
  more: OrthogonalOptions = {},
): M {
  const options: OrthogonalOptions = {
    ...more,
    ...(typeof map === 'object' ? map : map === undefined ? {} : { orthogonalMap: map }),
    ...(typeof name === 'object' ? name : { name }),
  }
  const { name: weightName = 'weight', useTrivialization = true } = options
  const weight = memberOf(module, weightName)
  if (!(weight instanceof Tensor))
    throw new ValueError(`Module '${module}' has no parameter or buffer with name '${weightName}'`)
  if (weight.ndim < 2) {
    throw new ValueError(
      `Expected a matrix or batch of matrices. Got a tensor of ${weight.ndim} dimensions.`,
    )
  }
  const isSquare = weight.size(-2) === weight.size(-1)
  const chosen = options.orthogonalMap ?? (isSquare ? 'matrix_exp' : 'householder')
  if (!isMap(chosen)) {
    throw new ValueError(
      `orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: ${chosen}`,
    )
  }
  const parametrization = new _Orthogonal(weight, chosen, useTrivialization)
  return registerParametrization(module, weightName, parametrization, { unsafe: true })
}
