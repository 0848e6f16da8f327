/** Schedulers of schedulers. */
import { ValueError } from '@sconce/core'
import { loadState, type ScheduledOptimizer, type Stateful, stateOf } from './scheduler.ts'

/** A scheduler that needs no metric. */
export interface Scheduler extends Stateful {
  readonly optimizer: ScheduledOptimizer
  step(): void
  getLastLr(): number[]
}

/** All of the schedulers, one after the other, every epoch; `ChainedScheduler`. */
export class ChainedScheduler implements Scheduler {
  readonly optimizer: ScheduledOptimizer
  readonly schedulers: readonly Scheduler[]
  lastLr: number[]

  /** @throws ValueError for schedulers of several optimizers. */
  constructor(schedulers: readonly Scheduler[] | { schedulers: readonly Scheduler[] }) {
    const list = 'schedulers' in schedulers ? schedulers.schedulers : schedulers
    const [{ optimizer }] = list
    list.forEach((scheduler, i) => {
      if (scheduler.optimizer !== optimizer) {
        throw new ValueError(
          `ChainedScheduler expects all schedulers to belong to the same optimizer, but got schedulers at index 0 and ${i} to be different`,
        )
      }
    })
    this.optimizer = optimizer
    this.schedulers = [...list]
    this.lastLr = optimizer.paramGroups.map(({ lr }) => lr)
  }

  step(): void {
    for (const scheduler of this.schedulers) scheduler.step()
    this.lastLr = this.optimizer.paramGroups.map(({ lr }) => lr)
  }

  /** The rates that were set last. */
  getLastLr(): number[] {
    return this.lastLr
  }

  stateDict(): Record<string, unknown> {
    return stateOf(this)
  }

  loadStateDict(state: object): void {
    loadState(this, state)
  }
}

/** A scheduler that can be started at an epoch. */
interface Restartable extends Scheduler {
  lastEpoch: number
  initialStep(): void
  step(epoch?: number): void
}

interface SequentialOptions {
  schedulers: readonly Restartable[]
  milestones: readonly number[]
  lastEpoch?: number
}

/** One scheduler after the other, each from a milestone on; `SequentialLR`. */
export class SequentialLR implements Scheduler {
  readonly optimizer: ScheduledOptimizer
  readonly schedulers: readonly Restartable[]
  milestones: readonly number[]
  lastEpoch: number
  lastLr: number[]

  /** @throws ValueError for schedulers of other optimizers, or another number of milestones. */
  constructor(
    optimizer: ScheduledOptimizer,
    schedulers: readonly Restartable[] | SequentialOptions,
    milestones: readonly number[] = [],
    options: { lastEpoch?: number } = {},
  ) {
    const given = 'schedulers' in schedulers ? schedulers : { schedulers, milestones, ...options }
    given.schedulers.forEach((scheduler, i) => {
      if (scheduler.optimizer !== optimizer) {
        throw new ValueError(
          `Sequential Schedulers expects all schedulers to belong to the same optimizer, but got schedulers at index ${i} to be different than the optimizer passed in.`,
        )
      }
    })
    if (given.milestones.length !== given.schedulers.length - 1) {
      throw new ValueError(
        `Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers ${given.schedulers.length} and the number of milestones to be equal to ${given.milestones.length}`,
      )
    }
    this.optimizer = optimizer
    this.schedulers = [...given.schedulers]
    this.milestones = [...given.milestones]
    this.lastEpoch = (given.lastEpoch ?? -1) + 1
    // Undoes what making the schedulers has done.
    for (const group of optimizer.paramGroups) group.lr = group.initialLr ?? group.lr
    for (const scheduler of this.schedulers) scheduler.lastEpoch--
    this.schedulers[0].initialStep()
    this.lastLr = this.schedulers[0].getLastLr()
  }

  step(): void {
    this.lastEpoch++
    const at = this.milestones.filter((m) => m <= this.lastEpoch).length
    const scheduler = this.schedulers[at]
    if (at > 0 && this.milestones[at - 1] === this.lastEpoch) scheduler.step(0)
    else scheduler.step()
    this.lastLr = scheduler.getLastLr()
  }

  /** The rates that were set last. */
  getLastLr(): number[] {
    return this.lastLr
  }

  stateDict(): Record<string, unknown> {
    const { milestones, ...state } = stateOf(this)
    return { ...state, _milestones: milestones }
  }

  loadStateDict(state: object): void {
    loadState(this, state)
  }
}
