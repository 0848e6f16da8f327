import { data, init, manualSeed, memory, nn, optim, randn } from 'sconce'

/** What a training run came to. */
export interface Outcome {
  device: string
  first: number
  last: number
  bytes: number
}

/** Trains a small network on the device of that name. */
export async function train(device: string): Promise<Outcome> {
  await init(device)
  manualSeed(7)
  const x = randn(64, 3)
  const y = x.pow(2).sum(1, true)
  const net = new nn.Sequential(new nn.Linear(3, 32), new nn.ReLU(), new nn.Linear(32, 1))
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 })
  const loader = new data.DataLoader(new data.TensorDataset(x, y), {
    batchSize: 32,
    shuffle: true,
  })
  const losses: number[] = []
  for (let epoch = 0; epoch < 20; epoch++) {
    for (const [inputs, targets] of loader) {
      optimizer.zeroGrad()
      const loss = nn.functional.mseLoss(net.call(inputs), targets)
      loss.backward()
      optimizer.step()
      losses.push(loss.item() as number)
    }
  }
  const bytes = memory()[device].bytes
  return { device: x.device, first: losses[0], last: losses[losses.length - 1], bytes }
}
