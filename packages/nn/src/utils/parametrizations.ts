/** `torch.nn.utils.parametrizations`. */
import { noGrad } from '@sconce/autograd'
import { functional as F, IndexError, Tensor, ValueError } from '@sconce/core'
import { memberOf } from '../module/members.ts'
import { Module } from '../module/module.ts'
import { registerParametrization } from './parametrize.ts'
import { asMatrix, iterate, randomVectors, singularValue } from './power-iteration.ts'
import { outputDim, type SpectralNormOptions } from './spectral-norm.ts'

export { type OrthogonalOptions, orthogonal } from './orthogonal.ts'

/** A weight divided by its first singular value. */
// PyTorch prints the name with its underscore.
class _SpectralNorm extends Module {
  readonly dim: number
  readonly eps: number
  readonly nPowerIterations: number
  declare u: Tensor
  declare v: Tensor

  constructor(weight: Tensor, { nPowerIterations = 1, eps = 1e-12, dim = 0 }: SpectralNormOptions) {
    super()
    if (dim >= weight.ndim || dim < -weight.ndim) {
      throw new IndexError(
        `Dimension out of range (expected to be in range of [-${weight.ndim}, ${weight.ndim - 1}] but got ${dim})`,
      )
    }
    if (nPowerIterations <= 0) {
      throw new ValueError(
        `Expected n_power_iterations to be positive, but got n_power_iterations=${nPowerIterations}`,
      )
    }
    this.dim = dim < 0 ? dim + weight.ndim : dim
    this.eps = eps
    this.nPowerIterations = nPowerIterations
    if (weight.ndim < 2) return
    const matrix = asMatrix(weight.detach(), this.dim)
    const [u, v] = noGrad(() => randomVectors(matrix, eps))
    this.registerBuffer('_u', u, { property: 'u' })
    this.registerBuffer('_v', v, { property: 'v' })
    this.follow(matrix, 15)
  }

  /** Some rounds of the power iteration. */
  protected follow(matrix: Tensor, rounds: number): void {
    noGrad(() => {
      for (let i = 0; i < rounds; i++) iterate(matrix, this.u, this.v, this.eps, true)
    })
  }

  override forward(weight: Tensor): Tensor {
    if (weight.ndim === 1) return F.normalize(weight, { dim: 0, eps: this.eps })
    const matrix = asMatrix(weight, this.dim)
    if (this.training) this.follow(matrix, this.nPowerIterations)
    // Copies, since the next call changes the vectors in place.
    return weight.div(singularValue(matrix, this.u.clone(), this.v.clone()))
  }

  rightInverse(value: Tensor): Tensor {
    return value
  }
}

/**
 * Divides a weight by its first singular value; Miyato et al. (2018); `parametrizations.spectral_norm`.
 *
 * @throws ValueError in PyTorch's words for what is no tensor.
 */
export function spectralNorm<M extends Module>(
  module: M,
  name: string | SpectralNormOptions = 'weight',
  more: SpectralNormOptions = {},
): M {
  const options = typeof name === 'object' ? name : { ...more, name }
  const { name: weightName = 'weight', dim = outputDim(module) } = options
  const weight = memberOf(module, weightName)
  if (!(weight instanceof Tensor)) {
    throw new ValueError(`Module '${module}' has no parameter or buffer with name '${weightName}'`)
  }
  return registerParametrization(module, weightName, new _SpectralNorm(weight, { ...options, dim }))
}
