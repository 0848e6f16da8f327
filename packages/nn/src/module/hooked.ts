import type { RemovableHandle } from '@sconce/core'
import type {
  BackwardHook,
  ForwardHook,
  ForwardPreHook,
  LoadStateDictPostHook,
  LoadStateDictPreHook,
  StateDictHook,
  StateDictPreHook,
} from './hooks.ts'
import { Internals, internals } from './internals.ts'

/** The part of a module that registers hooks. */
export abstract class Hooked {
  /** A property without a name, so that what can be seen of a module are its parts. */
  readonly [internals] = new Internals()

  /** Calls `hook` before `forward`; `Module.register_forward_pre_hook`. */
  registerForwardPreHook(hook: ForwardPreHook): RemovableHandle {
    return this[internals].hooks.forwardPre.add(hook)
  }

  /** Calls `hook` after `forward`; `Module.register_forward_hook`. */
  registerForwardHook(hook: ForwardHook): RemovableHandle {
    return this[internals].hooks.forward.add(hook)
  }

  /**
   * Calls `hook` with the gradients of inputs and outputs; `Module.register_full_backward_hook`.
   *
   * @throws RuntimeError where hooks of the older kind are registered.
   */
  registerFullBackwardHook(hook: BackwardHook): RemovableHandle {
    return this[internals].hooks.addBackward(hook, 'backward')
  }

  /**
   * Calls `hook` with the gradients of the function that made the output; `Module.register_backward_hook`.
   *
   * @throws RuntimeError where full backward hooks are registered.
   */
  registerBackwardHook(hook: BackwardHook): RemovableHandle {
    return this[internals].hooks.addBackward(hook, 'lastBackward')
  }

  /** Calls `hook` before the module's part of a state dict is made; `register_state_dict_pre_hook`. */
  registerStateDictPreHook(hook: StateDictPreHook): RemovableHandle {
    return this[internals].hooks.stateDictPre.add(hook)
  }

  /** Calls `hook` when it is made; `register_state_dict_post_hook`. */
  registerStateDictPostHook(hook: StateDictHook): RemovableHandle {
    return this[internals].hooks.stateDict.add(hook)
  }

  /** Calls `hook` before a state is loaded into the module; `register_load_state_dict_pre_hook`. */
  registerLoadStateDictPreHook(hook: LoadStateDictPreHook): RemovableHandle {
    return this[internals].hooks.loadPre.add(hook)
  }

  /** Calls `hook` when it is loaded; `register_load_state_dict_post_hook`. */
  registerLoadStateDictPostHook(hook: LoadStateDictPostHook): RemovableHandle {
    return this[internals].hooks.loadPost.add(hook)
  }
}
