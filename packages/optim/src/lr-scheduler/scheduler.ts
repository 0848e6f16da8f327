import { KeyError, TypeError_, ValueError } from '@sconce/core'
import { camelKeys, snakeCase } from '../options.ts'

/** A group of parameters as schedulers see it. */
export interface ScheduledGroup {
  lr: number
  initialLr?: number
  maxLr?: number
  minLr?: number
  swaLr?: number
  momentum?: number
  maxMomentum?: number
  baseMomentum?: number
  betas?: readonly [number, number]
}

/** What schedulers need of an optimizer. */
export interface ScheduledOptimizer {
  readonly paramGroups: readonly ScheduledGroup[]
  readonly defaults: object
  readonly stepCount: number
}

/** @throws TypeError for what is no optimizer. */
export function checkOptimizer(value: unknown): void {
  if (typeof value !== 'object' || value === null || !('paramGroups' in value)) {
    const name = typeof value === 'object' && value !== null ? value.constructor.name : typeof value
    throw new TypeError_(`${name} is not an Optimizer`)
  }
}

/** `1.0000e-03` */
function scientific(value: number): string {
  const [digits, exponent] = value.toExponential(4).split('e')
  const power = Number(exponent)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

export function announce(group: number, lr: number, epoch?: number, verb = 'adjusting'): void {
  const action = `${verb} learning rate of group ${group} to ${scientific(lr)}.`
  console.log(
    epoch === undefined
      ? action.replace(/^a/, 'A')
      : `Epoch ${String(epoch).padStart(5, '0')}: ${action}`,
  )
}

/** A value for every group: one for all, or a list. @throws ValueError for a list of another length. */
export function forGroups<T>(
  name: string,
  { paramGroups }: ScheduledOptimizer,
  value: T | readonly T[],
): T[] {
  if (!Array.isArray(value)) return paramGroups.map(() => value as T)
  if (value.length !== paramGroups.length)
    throw new ValueError(`expected ${paramGroups.length} values for ${name}, got ${value.length}`)
  return [...value]
}

/** Anything with a state, which is loaded and saved. */
export interface Stateful {
  stateDict(): Record<string, unknown>
  loadStateDict(state: object): void
}

/** Properties that PyTorch calls otherwise than in snake_case. */
const KEYS: Readonly<Record<string, string>> = {
  stepCount: '_step_count',
  lastLr: '_last_lr',
  T0: 'T_0',
  lrLambda: 'lr_lambdas',
  schedulers: '_schedulers',
  schedulePhases: '_schedule_phases',
}

const keyOf = (property: string): string => KEYS[property] ?? snakeCase(property)

const isStateful = (value: unknown): value is Stateful =>
  typeof value === 'object' && value !== null && 'stateDict' in value

/** A member of a scheduler as in its state: functions have none. */
const saved = (value: unknown): unknown => {
  if (typeof value === 'function') return null
  if (Array.isArray(value)) return value.map(saved)
  return isStateful(value) ? value.stateDict() : value
}

/** The state of a scheduler: everything but the optimizer, in PyTorch's spelling. */
export const stateOf = (scheduler: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(scheduler)
      .filter(([name]) => name !== 'optimizer')
      .map(([name, value]) => [keyOf(name), saved(value)]),
  )

/** A member with what its state says; functions stay. */
function loaded(known: unknown, state: unknown): unknown {
  if (typeof known === 'function' || state === undefined || state === null) return known
  if (isStateful(known)) {
    if (typeof state === 'object' && state !== null) known.loadStateDict(state)
    return known
  }
  if (Array.isArray(known) && Array.isArray(state)) {
    const keeps = known.some((item) => typeof item === 'function' || isStateful(item))
    return keeps ? known.map((item, i) => loaded(item, state[i])) : state
  }
  return state
}

/** Takes over a state of `stateOf`. */
export function loadState(scheduler: object, state: object): void {
  const named = camelKeys(
    Object.fromEntries(Object.entries(state).map(([key, value]) => [key.replace(/^_/, ''), value])),
  )
  for (const [name, known] of Object.entries(scheduler)) {
    if (name === 'optimizer') continue
    const value: unknown = Reflect.get(state, keyOf(name)) ?? named[name]
    Reflect.set(scheduler, name, loaded(known, value))
  }
}

/** What all schedulers take. */
export interface SchedulerOptions {
  /** The last epoch, to go on after; -1 starts anew. */
  lastEpoch: number
  /** Logs every change. */
  verbose: boolean
}

/** Base of schedulers that change the learning rate every epoch; `torch.optim.lr_scheduler._LRScheduler`. */
export abstract class LRScheduler implements Stateful {
  readonly optimizer: ScheduledOptimizer
  baseLrs: number[]
  lastEpoch: number
  stepCount = 0
  verbose: boolean
  lastLr: number[] = []

  /**
   * Sets the first rate. `options` become properties before that.
   *
   * @throws TypeError for what is no optimizer; KeyError where it has no initial rates to go on from.
   */
  constructor(optimizer: ScheduledOptimizer, options: Partial<SchedulerOptions>, own: object = {}) {
    checkOptimizer(optimizer)
    const { lastEpoch = -1, verbose = false } = options
    this.optimizer = optimizer
    Object.assign(this, own)
    this.baseLrs = optimizer.paramGroups.map((group, i) => {
      if (lastEpoch === -1) group.initialLr ??= group.lr
      if (group.initialLr === undefined) {
        throw new KeyError(
          `param 'initial_lr' is not specified in param_groups[${i}] when resuming an optimizer`,
        )
      }
      return group.initialLr
    })
    this.lastEpoch = lastEpoch
    this.verbose = verbose
    this.initialStep()
  }

  /** Sets the rate of the first epoch. */
  initialStep(): void {
    this.stepCount = 0
    this.step()
  }

  /** The rate of each group in the epoch `lastEpoch`, from those that the groups have; `get_lr`. */
  abstract getLr(): number[]

  /** The same without looking at what groups have, where there is such a form. */
  protected closedForm(): number[] {
    return this.getLr()
  }

  /** The rates that were set last; `get_last_lr`. */
  getLastLr(): number[] {
    return this.lastLr
  }

  /** Logs the rate of a group, where `isVerbose`; `print_lr`. */
  printLr(isVerbose: boolean, group: number, lr: number, epoch?: number): void {
    if (isVerbose) announce(group, lr, epoch)
  }

  /** Goes on by an epoch, or to that one, and sets the rates; `step`. */
  step(epoch?: number): void {
    if (this.stepCount === 1 && this.optimizer.stepCount < 1) {
      console.warn(
        'Detected call of `lr_scheduler.step()` before `optimizer.step()`. Call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`. Otherwise the first value of the learning rate schedule is skipped.',
      )
    }
    this.stepCount++
    this.lastEpoch = epoch ?? this.lastEpoch + 1
    this.setRates(epoch === undefined ? this.getLr() : this.closedForm(), epoch)
  }

  protected setRates(rates: readonly number[], epoch?: number): void {
    this.optimizer.paramGroups.forEach((group, i) => {
      group.lr = rates[i]
      this.printLr(this.verbose, i, group.lr, epoch)
    })
    this.lastLr = this.optimizer.paramGroups.map(({ lr }) => lr)
  }

  /** Everything but the optimizer, in PyTorch's spelling; `state_dict`. */
  stateDict(): Record<string, unknown> {
    return stateOf(this)
  }

  /** Takes over a state; `load_state_dict`. */
  loadStateDict(state: object): void {
    loadState(this, state)
  }
}
