import { type Tensor, ValueError } from '@sconce/core'
import { withDefaults } from '../options.ts'
import {
  announce,
  checkOptimizer,
  loadState,
  type ScheduledOptimizer,
  type Stateful,
  stateOf,
} from './scheduler.ts'

/** Options of `ReduceLROnPlateau`. */
export interface PlateauOptions {
  /** Whether the metric is to become small or large. */
  mode: 'min' | 'max'
  factor: number
  /** Epochs without progress that are put up with. */
  patience: number
  /** What counts as progress. */
  threshold: number
  thresholdMode: 'rel' | 'abs'
  /** Epochs after a change in which nothing is counted. */
  cooldown: number
  minLr: number | number[]
  /** Smaller changes of the rate are not made. */
  eps: number
  verbose: boolean
}

const defaults: PlateauOptions = {
  mode: 'min',
  factor: 0.1,
  patience: 10,
  threshold: 1e-4,
  thresholdMode: 'rel',
  cooldown: 0,
  minLr: 0,
  eps: 1e-8,
  verbose: false,
}

/** Reduces the rate where a metric makes no progress; `ReduceLROnPlateau`. */
export class ReduceLROnPlateau implements Stateful {
  readonly optimizer: ScheduledOptimizer
  mode: 'min' | 'max'
  factor: number
  patience: number
  threshold: number
  thresholdMode: 'rel' | 'abs'
  cooldown: number
  minLrs: number[]
  eps: number
  verbose: boolean
  best: number
  numBadEpochs = 0
  cooldownCounter = 0
  lastEpoch = 0
  lastLr: number[]

  /** @throws ValueError in PyTorch's words for options that make no sense. */
  constructor(
    optimizer: ScheduledOptimizer,
    ...args:
      | [options?: Partial<PlateauOptions>]
      | [mode: PlateauOptions['mode'], options?: Partial<PlateauOptions>]
  ) {
    const o = withDefaults(defaults, args)
    if (o.factor >= 1) throw new ValueError('Factor should be < 1.0.')
    checkOptimizer(optimizer)
    const groups = optimizer.paramGroups
    if (Array.isArray(o.minLr) && o.minLr.length !== groups.length)
      throw new ValueError(`expected ${groups.length} min_lrs, got ${o.minLr.length}`)
    if (!['min', 'max'].includes(o.mode)) throw new ValueError(`mode ${o.mode} is unknown!`)
    if (!['rel', 'abs'].includes(o.thresholdMode))
      throw new ValueError(`threshold mode ${o.thresholdMode} is unknown!`)
    const { minLr } = o
    this.optimizer = optimizer
    this.mode = o.mode
    this.factor = o.factor
    this.patience = o.patience
    this.threshold = o.threshold
    this.thresholdMode = o.thresholdMode
    this.cooldown = o.cooldown
    this.minLrs = Array.isArray(minLr) ? [...minLr] : groups.map(() => minLr)
    this.eps = o.eps
    this.verbose = o.verbose
    this.best = o.mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    this.lastLr = groups.map(({ lr }) => lr)
  }

  /** Whether nothing is counted yet after a change; `in_cooldown`. */
  get inCooldown(): boolean {
    return this.cooldownCounter > 0
  }

  /** Whether a value of the metric is progress. */
  isBetter(value: number, best: number): boolean {
    const { mode, threshold, thresholdMode } = this
    if (mode === 'min')
      return value < (thresholdMode === 'rel' ? best * (1 - threshold) : best - threshold)
    return value > (thresholdMode === 'rel' ? best * (threshold + 1) : best + threshold)
  }

  /** Looks at the metric of an epoch. */
  step(metrics: number | Tensor, epoch = this.lastEpoch + 1): void {
    const current = typeof metrics === 'number' ? metrics : Number(metrics.item())
    this.lastEpoch = epoch
    if (this.isBetter(current, this.best)) {
      this.best = current
      this.numBadEpochs = 0
    } else this.numBadEpochs++
    if (this.inCooldown) {
      this.cooldownCounter--
      this.numBadEpochs = 0
    }
    if (this.numBadEpochs > this.patience) {
      this.#reduce(epoch)
      this.cooldownCounter = this.cooldown
      this.numBadEpochs = 0
    }
    this.lastLr = this.optimizer.paramGroups.map(({ lr }) => lr)
  }

  #reduce(epoch: number): void {
    this.optimizer.paramGroups.forEach((group, i) => {
      const reduced = Math.max(group.lr * this.factor, this.minLrs[i])
      if (group.lr - reduced <= this.eps) return
      group.lr = reduced
      if (this.verbose) announce(i, reduced, epoch, 'reducing')
    })
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
