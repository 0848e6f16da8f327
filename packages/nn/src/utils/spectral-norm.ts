import { noGrad } from '@sconce/autograd'
import { ValueError } from '@sconce/core'
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from '../layers/conv.ts'
import { memberOf, removeMember } from '../module/members.ts'
import type { Module } from '../module/module.ts'
import { isParameter, Parameter } from '../parameter.ts'
import {
  checkUnderived,
  type Derivation,
  derive,
  requireDerivation,
  tensorOf,
  underive,
} from './derived-weight.ts'
import { asMatrix, iterate, randomVectors, singularValue } from './power-iteration.ts'

/** Options of `spectralNorm`. */
export interface SpectralNormOptions {
  name?: string
  nPowerIterations?: number
  eps?: number
  /** The dim of the outputs. */
  dim?: number
}

/** The dim of the outputs, which transposed convolutions have behind that of the inputs. */
export const outputDim = (module: Module): number =>
  module instanceof ConvTranspose1d ||
  module instanceof ConvTranspose2d ||
  module instanceof ConvTranspose3d
    ? 1
    : 0

/**
 * Divides a weight by its first singular value, which a power iteration follows while training; Miyato et al.
 * (2018); `spectral_norm`.
 *
 * @throws ValueError or RuntimeError in PyTorch's words for what is no parameter, or is normalised already.
 */
export function spectralNorm<M extends Module>(
  module: M,
  name: string | SpectralNormOptions = 'weight',
  more: SpectralNormOptions = {},
): M {
  const options = typeof name === 'object' ? name : { ...more, name }
  const { name: weightName = 'weight', nPowerIterations = 1, eps = 1e-12 } = options
  const { dim = outputDim(module) } = options
  if (nPowerIterations <= 0) {
    throw new ValueError(
      `Expected n_power_iterations to be positive, but got n_power_iterations=${nPowerIterations}`,
    )
  }
  checkUnderived(module, 'spectral_norm', weightName)
  const weight = memberOf(module, weightName)
  if (!isParameter(weight)) {
    throw new ValueError(
      `\`SpectralNorm\` cannot be applied as parameter \`${weightName}\` is None`,
    )
  }
  const [u, v] = noGrad(() => randomVectors(asMatrix(weight, dim), eps))
  const derivation: Derivation = {
    kind: 'spectral_norm',
    name: weightName,
    compute(of) {
      const original = tensorOf(of, `${weightName}_orig`)
      const left = tensorOf(of, `${weightName}_u`)
      const right = tensorOf(of, `${weightName}_v`)
      const matrix = asMatrix(original, dim)
      if (of.training) {
        noGrad(() => {
          for (let i = 0; i < nPowerIterations; i++) iterate(matrix, left, right, eps, false)
        })
      }
      // Copies, since the next call changes the vectors in place.
      return original.div(singularValue(matrix, left.clone(), right.clone()))
    },
  }
  removeMember(module, weightName)
  module.registerParameter(`${weightName}_orig`, weight)
  module.registerBuffer(`${weightName}_u`, u)
  module.registerBuffer(`${weightName}_v`, v)
  // Until the first call the weight is as it was.
  Reflect.set(module, weightName, weight.detach())
  derive(module, derivation, false)
  return module
}

/**
 * Makes the normalised weight a parameter again; `remove_spectral_norm`.
 *
 * @throws ValueError where there is none.
 */
export function removeSpectralNorm<M extends Module>(module: M, name = 'weight'): M {
  const derivation = requireDerivation(module, 'spectral_norm', name)
  const { training } = module
  module.training = false
  const weight = noGrad(() => derivation.compute(module))
  module.training = training
  underive(module, derivation)
  for (const suffix of ['', '_u', '_v', '_orig']) removeMember(module, name + suffix)
  module.registerParameter(name, new Parameter(weight))
  return module
}
