import '@sconce/autograd'
import '@sconce/backend-cpu'
import { manualSeed, randn } from '@sconce/core'
import * as nn from '@sconce/nn'
import * as optim from '@sconce/optim'
import { expect, it } from 'vitest'
import { DataLoader, TensorDataset } from '../src/index.ts'

/** The losses that PyTorch 1.13 finds, float32 in base64. */
const recorded: [seed: number, losses: string][] = [
  [0, 'wkDdP6GR5j/83hdABtXuP5VCxj9BaLw/StWMP5fq1D8ttKs/pG/dP4bDkD9zkTs/wXi5P3myVz/xAWI/'],
  [42, 'H5E9QGrq5T+gPrA/rnHsP7Rcmj/BFtE/BnqHP0ACiT+vgLI/9o2lPxrRUT+auFg/j147P6vHgD91+VQ/'],
  [2023, 'nH+iQAJnQ0DQbyJAICE5QGMgakADfCBAm0s8QN0qREB2zug/omUJQJQHBkAyjhZAuKoBQEYcyT/A+/Q/'],
]

it.each(recorded)('a training run from seed %i alone has PyTorch’s losses', (seed, losses) => {
  manualSeed(seed)
  const x = randn([96, 3])
  const signal = x
    .at(':', '0:1')
    .mul(0.2)
    .sub(x.at(':', '1:2').mul(1.3))
    .sub(x.at(':', '2:3').mul(0.5))
  const y = signal.add(randn([96, 1]))
  const model = new nn.Sequential(new nn.Linear(3, 32), new nn.ReLU(), new nn.Linear(32, 1))
  const optimizer = new optim.Adam(model.parameters(), { lr: 1e-2 })
  const loader = new DataLoader(new TensorDataset(x, y), { batchSize: 32, shuffle: true })
  const found: number[] = []
  for (let epoch = 0; epoch < 5; epoch++) {
    for (const [input, target] of loader) {
      optimizer.zeroGrad()
      const loss = model.call(input).sub(target).pow(2).mean()
      loss.backward()
      optimizer.step()
      found.push(loss.item())
    }
  }
  const expected = new Float32Array(Uint8Array.from(Buffer.from(losses, 'base64')).buffer)
  expect(found).toHaveLength(15)
  found.forEach((loss, i) => {
    expect(Math.abs(loss - expected[i])).toBeLessThan(1e-5)
  })
})
