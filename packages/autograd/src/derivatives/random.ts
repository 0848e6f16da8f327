import type { randomSchemas, Tensor } from '@sconce/core'
import type { TensorInfo } from '../node.ts'
import { defineDerivatives, defineNonDifferentiable } from './row.ts'
import { zerosFor } from './shapes.ts'

// What is drawn doesn't depend on what it is written over, nor smoothly on its parameters.
const self = (g: Tensor, _: unknown, about: { readonly self: TensorInfo }): Tensor =>
  zerosFor(g, about.self)

defineDerivatives<typeof randomSchemas>({
  bernoulli: { self },
  'bernoulli.p': { node: 'BernoulliBackward1', self },
  uniform: { self },
  normal: { self },
  random: { self },
  'random.to': { self },
  'random.from': { self },
  exponential: { self },
  geometric: { self },
  cauchy: { self },
  log_normal: { self },
  poisson: { self },
})

defineNonDifferentiable<typeof randomSchemas>([
  'rand_like',
  'randn_like',
  'randint_like',
  'randint_like.low',
  'multinomial',
])
