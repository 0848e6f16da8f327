/** Schedules that cycle the momentum too, or restart. */
import { camelCase, pythonText, ValueError } from '@sconce/core'
import { snakeCase, withDefaults } from '../options.ts'
import {
  forGroups,
  LRScheduler,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerOptions,
} from './scheduler.ts'

type PerGroup = number | number[]

const setMomentum = (group: ScheduledGroup, momentum: number): void => {
  if (group.betas) group.betas = [momentum, group.betas[1]]
  else group.momentum = momentum
}

const NO_MOMENTUM = 'optimizer must support momentum with `cycle_momentum` option enabled'

/** Options of `CyclicLR`. */
export interface CyclicOptions extends SchedulerOptions {
  baseLr: PerGroup
  maxLr: PerGroup
  stepSizeUp: number
  stepSizeDown?: number
  mode: 'triangular' | 'triangular2' | 'exp_range'
  gamma: number
  /** A scale of one's own in the place of that of the mode. */
  scaleFn?: (x: number) => number
  /** What `scaleFn` gets: the number of the cycle, or of the iteration. */
  scaleMode: 'cycle' | 'iterations'
  cycleMomentum: boolean
  baseMomentum: PerGroup
  maxMomentum: PerGroup
}

const cyclicDefaults: CyclicOptions = {
  baseLr: Number.NaN,
  maxLr: Number.NaN,
  stepSizeUp: 2000,
  stepSizeDown: undefined,
  mode: 'triangular',
  gamma: 1,
  scaleFn: undefined,
  scaleMode: 'cycle',
  cycleMomentum: true,
  baseMomentum: 0.8,
  maxMomentum: 0.9,
  lastEpoch: -1,
  verbose: false,
}

type CyclicArguments = [options: Partial<CyclicOptions> & Pick<CyclicOptions, 'baseLr' | 'maxLr'>]

/** Up and down between two rates, batch by batch; Smith (2017); `CyclicLR`. */
export class CyclicLR extends LRScheduler {
  declare maxLrs: number[]
  declare baseMomentums: number[]
  declare maxMomentums: number[]
  declare totalSize: number
  declare stepRatio: number
  declare mode: CyclicOptions['mode']
  declare gamma: number
  declare scaleMode: CyclicOptions['scaleMode']
  declare scaleFn: ((x: number) => number) | undefined
  declare cycleMomentum: boolean

  /** @throws ValueError in PyTorch's words for options that make no sense. */
  constructor(
    optimizer: ScheduledOptimizer,
    ...args: CyclicArguments | [baseLr: PerGroup, maxLr: PerGroup, options?: Partial<CyclicOptions>]
  ) {
    const o = withDefaults(cyclicDefaults, args)
    const up = o.stepSizeUp
    const down = o.stepSizeDown ?? up
    if (!['triangular', 'triangular2', 'exp_range'].includes(o.mode) && !o.scaleFn)
      throw new ValueError('mode is invalid and scale_fn is None')
    if (o.cycleMomentum && !('momentum' in optimizer.defaults)) throw new ValueError(NO_MOMENTUM)
    const baseLrs = forGroups('base_lr', optimizer, o.baseLr)
    const maxLrs = forGroups('max_lr', optimizer, o.maxLr)
    const baseMomentums = forGroups('base_momentum', optimizer, o.baseMomentum)
    const maxMomentums = forGroups('max_momentum', optimizer, o.maxMomentum)
    if (o.lastEpoch === -1) {
      optimizer.paramGroups.forEach((group, i) => {
        group.lr = baseLrs[i]
        if (o.cycleMomentum) group.momentum = baseMomentums[i]
      })
    }
    super(optimizer, o, {
      maxLrs,
      baseMomentums,
      maxMomentums,
      totalSize: up + down,
      stepRatio: up / (up + down),
      mode: o.mode,
      gamma: o.gamma,
      scaleMode: o.scaleFn ? o.scaleMode : o.mode === 'exp_range' ? 'iterations' : 'cycle',
      scaleFn: o.scaleFn,
      cycleMomentum: o.cycleMomentum,
    })
    this.baseLrs = baseLrs
  }

  override getLr(): number[] {
    const cycle = Math.floor(1 + this.lastEpoch / this.totalSize)
    const x = 1 + this.lastEpoch / this.totalSize - cycle
    const height = x <= this.stepRatio ? x / this.stepRatio : (x - 1) / (this.stepRatio - 1)
    const scale = scaleAt(this, cycle)
    if (this.cycleMomentum) {
      this.optimizer.paramGroups.forEach((group, i) => {
        const most = this.maxMomentums[i]
        group.momentum = most - (most - this.baseMomentums[i]) * height * scale
      })
    }
    return this.optimizer.paramGroups.map((_, i) => {
      const base = this.baseLrs[i]
      return base + (this.maxLrs[i] - base) * height * scale
    })
  }
}

/** How far a cycle reaches. */
function scaleAt({ scaleMode, scaleFn, mode, gamma, lastEpoch }: CyclicLR, cycle: number): number {
  const x = scaleMode === 'cycle' ? cycle : lastEpoch
  if (scaleFn) return scaleFn(x)
  if (mode === 'triangular2') return 1 / 2 ** (x - 1)
  return mode === 'exp_range' ? gamma ** x : 1
}

/** Options of `OneCycleLR`. */
export interface OneCycleOptions extends SchedulerOptions {
  maxLr: PerGroup
  totalSteps?: number
  epochs?: number
  stepsPerEpoch?: number
  /** The part of the steps in which the rate rises. */
  pctStart: number
  annealStrategy: 'cos' | 'linear'
  cycleMomentum: boolean
  baseMomentum: PerGroup
  maxMomentum: PerGroup
  /** The first rate is the largest divided by it. */
  divFactor: number
  /** The last rate is the first divided by it. */
  finalDivFactor: number
  threePhase: boolean
}

const oneCycleDefaults: OneCycleOptions = {
  maxLr: Number.NaN,
  totalSteps: undefined,
  epochs: undefined,
  stepsPerEpoch: undefined,
  pctStart: 0.3,
  annealStrategy: 'cos',
  cycleMomentum: true,
  baseMomentum: 0.85,
  maxMomentum: 0.95,
  divFactor: 25,
  finalDivFactor: 1e4,
  threePhase: false,
  lastEpoch: -1,
  verbose: false,
}

const checkCount = (name: string, value: number): void => {
  if (!(Number.isInteger(value) && value > 0))
    throw new ValueError(`Expected positive integer ${name}, but got ${pythonText(value)}`)
}

function totalSteps({ totalSteps: total, epochs, stepsPerEpoch }: OneCycleOptions): number {
  if (total !== undefined) {
    checkCount('total_steps', total)
    return total
  }
  if (epochs === undefined || stepsPerEpoch === undefined)
    throw new ValueError('You must define either total_steps OR (epochs AND steps_per_epoch)')
  checkCount('epochs', epochs)
  checkCount('steps_per_epoch', stepsPerEpoch)
  return epochs * stepsPerEpoch
}

/** From one rate and momentum to another, which groups have, until a step. */
interface Phase {
  readonly endStep: number
  readonly startLr: keyof ScheduledGroup
  readonly endLr: keyof ScheduledGroup
  readonly startMomentum: keyof ScheduledGroup
  readonly endMomentum: keyof ScheduledGroup
}

type PhaseState = Readonly<Record<string, string | number>>

/** A phase in PyTorch's spelling. */
const phaseState = (phase: Phase): PhaseState =>
  Object.fromEntries(
    Object.entries(phase).map(([name, value]) => [
      snakeCase(name),
      typeof value === 'string' ? snakeCase(value) : value,
    ]),
  )

/** A phase of a state dict in ours. */
const phaseOf = (state: PhaseState): Phase =>
  // What `phaseState` has made, or PyTorch.
  Object.fromEntries(
    Object.entries(state).map(([name, value]) => [
      camelCase(name),
      typeof value === 'string' ? camelCase(value) : value,
    ]),
  ) as unknown as Phase

function phases(total: number, pctStart: number, three: boolean): Phase[] {
  const up: Phase = {
    endStep: pctStart * total - 1,
    startLr: 'initialLr',
    endLr: 'maxLr',
    startMomentum: 'maxMomentum',
    endMomentum: 'baseMomentum',
  }
  const down = (endStep: number, to: 'initialLr' | 'minLr'): Phase => ({
    endStep,
    startLr: 'maxLr',
    endLr: to,
    startMomentum: 'baseMomentum',
    endMomentum: 'maxMomentum',
  })
  if (!three) return [up, down(total - 1, 'minLr')]
  const out: Phase = {
    endStep: total - 1,
    startLr: 'initialLr',
    endLr: 'minLr',
    startMomentum: 'maxMomentum',
    endMomentum: 'maxMomentum',
  }
  return [up, down(2 * pctStart * total - 2, 'initialLr'), out]
}

const anneals = {
  cos: (start: number, end: number, pct: number) =>
    end + ((start - end) / 2) * (Math.cos(Math.PI * pct) + 1),
  linear: (start: number, end: number, pct: number) => (end - start) * pct + start,
} as const

/** Up to a large rate and down to a tiny one, batch by batch; Smith & Topin (2018); `OneCycleLR`. */
export class OneCycleLR extends LRScheduler {
  declare totalSteps: number
  declare annealStrategy: 'cos' | 'linear'
  declare cycleMomentum: boolean
  declare schedulePhases: Phase[]

  /** @throws ValueError in PyTorch's words for options that make no sense. */
  constructor(
    optimizer: ScheduledOptimizer,
    ...args:
      | [options: Partial<OneCycleOptions> & Pick<OneCycleOptions, 'maxLr'>]
      | [maxLr: PerGroup, options?: Partial<OneCycleOptions>]
  ) {
    const o = withDefaults(oneCycleDefaults, args)
    const total = totalSteps(o)
    if (!(o.pctStart >= 0 && o.pctStart <= 1)) {
      throw new ValueError(
        `Expected float between 0 and 1 pct_start, but got ${pythonText(o.pctStart)}`,
      )
    }
    if (!Object.hasOwn(anneals, o.annealStrategy)) {
      throw new ValueError(
        `anneal_strategy must by one of 'cos' or 'linear', instead got ${o.annealStrategy}`,
      )
    }
    const supports = 'momentum' in optimizer.defaults || 'betas' in optimizer.defaults
    if (o.cycleMomentum && !supports) throw new ValueError(NO_MOMENTUM)
    const maxLrs = forGroups('max_lr', optimizer, o.maxLr)
    const maxMomentums = forGroups('max_momentum', optimizer, o.maxMomentum)
    const baseMomentums = forGroups('base_momentum', optimizer, o.baseMomentum)
    if (o.lastEpoch === -1) {
      optimizer.paramGroups.forEach((group, i) => {
        group.initialLr = maxLrs[i] / o.divFactor
        group.maxLr = maxLrs[i]
        group.minLr = group.initialLr / o.finalDivFactor
        if (!o.cycleMomentum) return
        setMomentum(group, maxMomentums[i])
        group.maxMomentum = maxMomentums[i]
        group.baseMomentum = baseMomentums[i]
      })
    }
    super(optimizer, o, {
      totalSteps: total,
      annealStrategy: o.annealStrategy,
      cycleMomentum: o.cycleMomentum,
      schedulePhases: phases(total, o.pctStart, o.threePhase),
    })
  }

  /** @throws ValueError beyond the last step. */
  override getLr(): number[] {
    const step = this.lastEpoch
    if (step > this.totalSteps) {
      throw new ValueError(
        `Tried to step ${step + 1} times. The specified number of total steps is ${this.totalSteps}`,
      )
    }
    const found = this.schedulePhases.findIndex(({ endStep }) => step <= endStep)
    const at = found < 0 ? this.schedulePhases.length - 1 : found
    const phase = this.schedulePhases[at]
    const start = at === 0 ? 0 : this.schedulePhases[at - 1].endStep
    const pct = (step - start) / (phase.endStep - start)
    const anneal = anneals[this.annealStrategy]
    return this.optimizer.paramGroups.map((group) => {
      const value = (name: keyof ScheduledGroup): number => Number(group[name])
      if (this.cycleMomentum) {
        const { startMomentum, endMomentum } = phase
        setMomentum(group, anneal(value(startMomentum), value(endMomentum), pct))
      }
      return anneal(value(phase.startLr), value(phase.endLr), pct)
    })
  }

  override stateDict(): Record<string, unknown> {
    return { ...super.stateDict(), _schedule_phases: this.schedulePhases.map(phaseState) }
  }

  override loadStateDict(state: object): void {
    super.loadStateDict(state)
    // What has been loaded is in PyTorch's spelling.
    this.schedulePhases = this.schedulePhases.map((phase) => phaseOf({ ...phase }))
  }
}

/** Options of `CosineAnnealingWarmRestarts`. */
export interface WarmRestartOptions extends SchedulerOptions {
  /** Epochs until the first restart. */
  T0: number
  /** How many times longer the next one takes. */
  TMult: number
  etaMin: number
}

const warmRestartDefaults: WarmRestartOptions = {
  T0: Number.NaN,
  TMult: 1,
  etaMin: 0,
  lastEpoch: -1,
  verbose: false,
}

/** Half a cosine down, again and again; Loshchilov & Hutter (2017); `CosineAnnealingWarmRestarts`. */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  declare T0: number
  declare TI: number
  declare TMult: number
  declare etaMin: number
  declare TCur: number

  /** @throws ValueError in PyTorch's words for options that make no sense. */
  constructor(
    optimizer: ScheduledOptimizer,
    ...args:
      | [options: Partial<WarmRestartOptions> & Pick<WarmRestartOptions, 'T0'>]
      | [T0: number, options?: Partial<WarmRestartOptions>]
  ) {
    const o = withDefaults(warmRestartDefaults, args)
    if (!(Number.isInteger(o.T0) && o.T0 > 0))
      throw new ValueError(`Expected positive integer T_0, but got ${pythonText(o.T0)}`)
    if (!(Number.isInteger(o.TMult) && o.TMult >= 1))
      throw new ValueError(`Expected integer T_mult >= 1, but got ${pythonText(o.TMult)}`)
    super(optimizer, o, {
      T0: o.T0,
      TI: o.T0,
      TMult: o.TMult,
      etaMin: o.etaMin,
      TCur: o.lastEpoch,
    })
  }

  override getLr(): number[] {
    const { etaMin, TCur, TI } = this
    return this.baseLrs.map(
      (base) => etaMin + ((base - etaMin) * (1 + Math.cos((Math.PI * TCur) / TI))) / 2,
    )
  }

  /** Goes on by an epoch, or to any, also a fractional one: `step(epoch + i / batches)`. */
  override step(given?: number): void {
    const epoch = given ?? (this.lastEpoch < 0 ? 0 : undefined)
    if (epoch === undefined) {
      this.TCur++
      if (this.TCur >= this.TI) {
        this.TCur -= this.TI
        this.TI *= this.TMult
      }
      this.lastEpoch++
    } else {
      this.goTo(epoch)
      this.lastEpoch = Math.floor(epoch)
    }
    this.stepCount++
    this.setRates(this.getLr(), given)
  }

  /** Where in which cycle an epoch is. */
  protected goTo(epoch: number): void {
    const { T0, TMult } = this
    if (epoch < 0) throw new ValueError(`Expected non-negative epoch, but got ${pythonText(epoch)}`)
    if (epoch < T0) {
      this.TI = T0
      this.TCur = epoch
    } else if (TMult === 1) {
      this.TCur = epoch % T0
    } else {
      const n = Math.trunc(Math.log((epoch / T0) * (TMult - 1) + 1) / Math.log(TMult))
      this.TCur = epoch - (T0 * (TMult ** n - 1)) / (TMult - 1)
      this.TI = T0 * TMult ** n
    }
  }
}
