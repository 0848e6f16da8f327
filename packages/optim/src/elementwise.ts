import type { Tensor } from '@sconce/core'
import { type BaseOptions, Optimizer, type ParamGroup, type Params } from './optimizer.ts'
import { checkOptions, type OptionArguments, withDefaults } from './options.ts'

/** What an optimizer is that updates each parameter by itself. */
export interface Definition<O extends BaseOptions, S extends object> {
  /** The options in the order of PyTorch's arguments. A learning rate of NaN has to be given. */
  readonly defaults: O
  /** Checks what is special about the options. @throws ValueError */
  check?(options: O): void
  /** Numbers of the state that PyTorch keeps as tensors. */
  readonly tensorNumbers?: readonly string[]
  /** The state of a parameter before its first update. */
  state(param: Tensor, group: ParamGroup<O>): S
  /** One update, in place. */
  update(param: Tensor, grad: Tensor, group: ParamGroup<O>, state: S): void
}

/** What `elementwise` makes. */
export type OptimizerClass<O extends BaseOptions, S extends object> = new (
  params: Params<O>,
  ...args: OptionArguments<O>
) => Optimizer<O, S>

/** The class of an optimizer, whose constructor checks the options in PyTorch's words. */
export function elementwise<O extends BaseOptions, S extends object>(
  definition: Definition<O, S>,
): OptimizerClass<O, S> {
  return class extends Optimizer<O, S> {
    constructor(params: Params<O>, ...args: OptionArguments<O>) {
      const options = withDefaults(definition.defaults, args)
      checkOptions(options)
      definition.check?.(options)
      super(params, options)
    }

    protected override get tensorNumbers(): readonly string[] {
      return definition.tensorNumbers ?? []
    }

    protected override initialState(param: Tensor, group: ParamGroup<O>): S {
      return definition.state(param, group)
    }

    protected override update(param: Tensor, grad: Tensor, group: ParamGroup<O>, state: S): void {
      definition.update(param, grad, group, state)
    }
  }
}

/** Weight decay as an argument of a kernel, which has no such term where there is none. */
export const decayOf = (weightDecay: number): number | undefined =>
  weightDecay === 0 ? undefined : weightDecay
