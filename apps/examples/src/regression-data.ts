import { manualSeed, randn, type Tensor, zeros } from 'sconce'

/** A hundred noisy samples of a linear function of three inputs, as in R torch's vignettes. */
export function regressionData(): { x: Tensor; y: Tensor } {
  manualSeed(1)
  const x = randn(100, 3)
  const column = (i: number): Tensor => x.at('...', `${i}:${i + 1}`)
  const y = column(0).mul(0.2).sub(column(1).mul(1.3)).sub(column(2).mul(0.5)).add(randn(100, 1))
  return { x, y }
}

/** Weights of a network 3-32-1. */
export function networkWeights(): { w1: Tensor; b1: Tensor; w2: Tensor; b2: Tensor } {
  manualSeed(2)
  return {
    w1: randn(3, 32),
    b1: zeros(1, 32),
    w2: randn(32, 1),
    b2: zeros(1, 1),
  }
}
