/**
 * PyTorch's CPU generator and what it draws, on the host: pure functions that return typed arrays,
 * one element after the other in the order in which PyTorch draws them. In-place draws and `*_like`
 * go along a tensor's memory: a permuted dense tensor is filled along its storage. Others (`bernoulli`
 * and `poisson` of a tensor, dropout, rrelu) make a contiguous result in row-major order.
 */
export { bernoulli, bernoulliOf } from './bernoulli.ts'
export { binomial } from './binomial.ts'
export {
  defaultGenerator,
  getRngState,
  initialSeed,
  manualSeed,
  seed,
  setRngState,
} from './default-generator.ts'
export { dropoutNoise, rreluNoise } from './dropout.ts'
export { DEFAULT_SEED, Generator } from './generator.ts'
export { GENERATOR_STATE_SIZE } from './generator-state.ts'
export { multinomial } from './multinomial.ts'
export { normal, normalOf, normalStrided } from './normal.ts'
export { fillPhilox, philox, unitFloat32 } from './philox.ts'
export {
  type PhiloxPosition,
  philoxBernoulli,
  philoxScalars,
  philoxUniform,
  philoxWord,
} from './philox-expr.ts'
export { poisson } from './poisson.ts'
export { drawSeed, randint, random } from './random-integers.ts'
export { randperm } from './randperm.ts'
export { cauchy, exponential, geometric, logNormal } from './transformed.ts'
export { uniform } from './uniform.ts'
