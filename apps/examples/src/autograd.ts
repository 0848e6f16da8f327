import { type GraphTree, graphTree, noGrad, ones, tensor } from 'sconce'
import type { Example } from './options.ts'
import { networkWeights, regressionData } from './regression-data.ts'

/** The graph as an indented list of its functions. */
function draw({ name, next }: GraphTree, depth = 0): string {
  const children = next.flatMap((child) => (child ? [draw(child, depth + 1)] : []))
  return [`${'  '.repeat(depth)}${name}`, ...children].join('\n')
}

function lookAtGraph(): void {
  const x1 = ones(2, 2, { requiresGrad: true })
  const x2 = tensor(1.1, { requiresGrad: true })
  const y = x1.mul(x2.add(2))
  y.retainGrad()
  const z = y.pow(2).mul(3)
  z.retainGrad()
  const out = z.mean()
  console.log(`out = ${out}`)
  const graph = graphTree(out)
  if (graph) console.log(draw(graph))
  out.backward()
  console.log(`z.grad = ${z.grad}`)
  console.log(`y.grad = ${y.grad}`)
  console.log(`x2.grad = ${x2.grad}`)
  console.log(`x1.grad = ${x1.grad}`)
}

function train(steps: number): void {
  const { x, y } = regressionData()
  const weights = Object.values(networkWeights())
  for (const w of weights) w.requiresGrad_()
  const [w1, b1, w2, b2] = weights
  const learningRate = 1e-4
  for (let step = 1; step <= steps; step++) {
    const predicted = x.mm(w1).add(b1).clamp({ min: 0 }).mm(w2).add(b2)
    const loss = predicted.sub(y).pow(2).mean()
    if (step % 10 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)
    loss.backward()
    noGrad(() => {
      for (const w of weights) {
        if (!w.grad) throw new Error('a weight has no gradient')
        w.sub_(w.grad.mul(learningRate))
        w.grad.zero_()
      }
    })
  }
}

/** R torch's vignette "Using autograd". */
export const autograd: Example = {
  title: 'The same network with autograd, and the graph it records',
  run({ steps = 200 }) {
    lookAtGraph()
    train(steps)
  },
}
