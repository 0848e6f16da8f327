import { init, noGrad, randn, zeros } from 'sconce'

/** Trains the network 3-32-1 for some steps; what the smallest application that learns consists of. */
export async function train(backend: string): Promise<void> {
  await init(backend)
  const [x, y] = [randn(100, 3), randn(100, 1)]
  const weights = [randn(3, 32), zeros(1, 32), randn(32, 1), zeros(1, 1)]
  const [w1, b1, w2, b2] = weights.map((w) => w.requiresGrad_())
  for (let step = 0; step < 10; step++) {
    const loss = x.mm(w1).add(b1).clamp({ min: 0 }).mm(w2).add(b2).sub(y).pow(2).mean()
    loss.backward()
    noGrad(() => {
      for (const w of weights) {
        if (!w.grad) continue
        w.sub_(w.grad.mul(1e-4))
        w.grad.zero_()
      }
    })
  }
}
