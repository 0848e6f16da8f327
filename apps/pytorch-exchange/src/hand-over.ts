import { join } from 'node:path'
import { asObjects } from '@sconce/io'
import { loadTorch, saveTorch } from '@sconce/io/node'
import { manualSeed, noGrad, optim, randn, type Tensor } from 'sconce'
import { Rows } from './models.ts'
import { difference } from './pass.ts'
import { runPython } from './python.ts'

type Batch = readonly [x: Tensor, y: Tensor]

/** A model with its optimizer and scheduler: what is handed over, and brought back. */
class Run {
  readonly model = new Rows()
  readonly optimizer = new optim.AdamW(this.model.parameters(), { lr: 0.02, weightDecay: 0.1 })
  readonly scheduler = new optim.lrScheduler.StepLR(this.optimizer, 5, { gamma: 0.5 })

  loss([x, y]: Batch): Tensor {
    return this.model.call(x).sub(y).pow(2).mean()
  }

  async train(batches: readonly Batch[]): Promise<number[]> {
    const losses: number[] = []
    for (const batch of batches) {
      this.optimizer.zeroGrad()
      const loss = this.loss(batch)
      loss.backward()
      this.optimizer.step()
      this.scheduler.step()
      losses.push(await loss.itemAsync())
    }
    return losses
  }
}

/** What came of a hand-over; the differences are those to training on in one process. */
export interface HandOver {
  readonly processes: number
  /** Of the losses of each step in PyTorch. */
  readonly losses: number
  /** Of the loss that PyTorch and Sconce find with the weights that came back. */
  readonly broughtBack: number
  /** Of the weights after a few more steps here. */
  readonly weights: number
}

const apart = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i])))

/**
 * Trains a little, hands model, optimizer, scheduler and data over to PyTorch's DistributedDataParallel, which trains
 * on in two processes; brings the states back, and trains on. A second run does all of it here.
 */
export async function handOver(folder: string): Promise<HandOver> {
  manualSeed(11)
  const batches = Array.from({ length: 12 }, (): Batch => [randn([8, 5]), randn([8, 3])])
  const [before, away, after] = [batches.slice(0, 4), batches.slice(4, 8), batches.slice(8)]
  const run = new Run()
  await run.train(before)
  await saveTorch(join(folder, 'handed-over.pt'), {
    model: run.model.stateDict(),
    optimizer: run.optimizer.stateDict(),
    scheduler: run.scheduler.stateDict(),
    batches: away,
  })
  const there = (await runPython('distributed.py', folder)) as {
    losses: number[]
    final: number
    processes: number
  }
  const here = await run.train(away)

  const returned = new Run()
  const state = asObjects(await loadTorch(join(folder, 'brought-back.pt')))
  // What distributed.py saves.
  const { model, optimizer, scheduler } = state as {
    model: Record<string, Tensor>
    optimizer: optim.LoadableOptimizerState
    scheduler: object
  }
  returned.model.loadStateDict(model)
  returned.optimizer.loadStateDict(optimizer)
  returned.scheduler.loadStateDict(scheduler)
  const final = await noGrad(() => returned.loss(away[away.length - 1])).itemAsync()
  await run.train(after)
  await returned.train(after)
  return {
    processes: there.processes,
    losses: apart(here, there.losses),
    broughtBack: Math.abs(final - there.final),
    weights: await difference(run.model.stateDict(), returned.model.stateDict()),
  }
}
