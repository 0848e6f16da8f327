import { TypeError_ } from '@sconce/core'
import { withDefaults } from '../options.ts'
import {
  LRScheduler,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerOptions,
} from './scheduler.ts'

/** What a schedule computes with. */
export interface Epoch {
  /** The epoch whose rates are asked for, from 0. */
  readonly epoch: number
  /** Counts steps since the scheduler was made, from 1. */
  readonly stepCount: number
}

/** A schedule: its options in PyTorch's order, and its rates. */
export interface Schedule<O extends object> {
  /** Defaults; undefined for what has to be given. */
  readonly options: { readonly [K in keyof O]: O[K] | undefined }
  /** Names of options that may be left out though they have no default. */
  readonly optional?: readonly (keyof O)[]
  /** Checks the options; may complete them. @throws ValueError */
  check?(options: O, optimizer: ScheduledOptimizer): void
  /** The rate of a group, from that of the epoch before and the initial one. */
  rate(options: O, at: Epoch, group: Readonly<ScheduledGroup>, base: number, i: number): number
  /** The rate from the initial one alone. */
  closedForm?(options: O, epoch: number, base: number, i: number): number
}

/** Arguments behind the optimizer: options by name, or the first of them in front. */
type ScheduleArguments<O> =
  | [options: Partial<O & SchedulerOptions>]
  | [first: O[keyof O], options?: Partial<O & SchedulerOptions>]
  | [first: O[keyof O], second: O[keyof O], options?: Partial<O & SchedulerOptions>]

/** What `schedule` makes: a scheduler with a property for each option. */
export type ScheduleClass<O extends object> = new (
  optimizer: ScheduledOptimizer,
  ...args: ScheduleArguments<O> | []
) => LRScheduler & O & { getLr(): number[] }

/** The class of a scheduler that computes rates from rates. */
export function schedule<O extends object>(definition: Schedule<O>): ScheduleClass<O> {
  const names = Object.keys(definition.options) as (keyof O & string)[]
  const optional: readonly (keyof O)[] = definition.optional ?? []
  // The constructor has made a property of every option.
  const optionsOf = (scheduler: LRScheduler): O => scheduler as unknown as O
  class ScheduleBase extends LRScheduler {
    constructor(optimizer: ScheduledOptimizer, ...args: readonly unknown[]) {
      const given = withDefaults<Record<string, unknown>>(
        { ...definition.options, lastEpoch: -1, verbose: false },
        args,
      )
      const missing = names.find((name) => given[name] === undefined && !optional.includes(name))
      if (missing !== undefined)
        throw new TypeError_(`__init__() missing 1 required positional argument: '${missing}'`)
      const { lastEpoch, verbose, ...own } = given
      // Every option is there; of what type is the caller's business.
      definition.check?.(own as O, optimizer)
      super(optimizer, { lastEpoch: Number(lastEpoch), verbose: verbose === true }, own)
    }

    override getLr(): number[] {
      const at = { epoch: this.lastEpoch, stepCount: this.stepCount }
      return this.optimizer.paramGroups.map((group, i) =>
        definition.rate(optionsOf(this), at, group, this.baseLrs[i], i),
      )
    }

    protected override closedForm(): number[] {
      const { closedForm } = definition
      if (!closedForm) return this.getLr()
      return this.baseLrs.map((base, i) => closedForm(optionsOf(this), this.lastEpoch, base, i))
    }
  }
  return ScheduleBase as unknown as ScheduleClass<O>
}
