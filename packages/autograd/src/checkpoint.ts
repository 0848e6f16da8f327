import { getRngState, RuntimeError, setRngState, type Tensor, untracked } from '@sconce/core'
import { enableGrad } from './mode.ts'
import { savedTensorsHooks } from './saved.ts'

/** Stands for a tensor that wasn't saved. */
class Holder {}

/**
 * Runs `fn` without keeping what its backward needs: that is made again, by a second run of `fn`, when
 * backward gets there. The random generator is put back for that run. `torch.utils.checkpoint`
 * (`use_reentrant=False`).
 */
export function checkpoint<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
  const state = getRngState()
  const holders: Holder[] = []
  const made = new Map<Holder, Tensor>()

  const again = (): void => {
    const now = getRngState()
    setRngState(state)
    let next = 0
    try {
      // The tensors serve several nodes: no scope around one of them may end them.
      untracked(() =>
        enableGrad(() =>
          savedTensorsHooks(
            (t) => {
              const holder = holders[next++]
              if (holder) made.set(holder, t)
              return holder
            },
            (): Tensor => {
              throw new RuntimeError(
                'You are calling backwards on a tensor that is never exposed. Please open an issue.',
              )
            },
            () => fn(...args),
          ),
        ),
      )
    } finally {
      setRngState(now)
    }
  }

  return savedTensorsHooks(
    () => {
      const holder = new Holder()
      holders.push(holder)
      return holder
    },
    (holder): Tensor => {
      if (!made.has(holder)) again()
      const tensor = made.get(holder)
      if (!tensor) {
        throw new RuntimeError(
          'Attempt to retrieve a tensor saved by autograd multiple times without checkpoint recomputation being triggered in between, this is not currently supported. Please open an issue with details on your use case so that we can prioritize adding this.',
        )
      }
      made.delete(holder)
      return tensor
    },
    () => fn(...args),
  )
}

/**
 * Runs `functions` one after the other in `segments` checkpointed pieces, but the last, which is run
 * as usual; `torch.utils.checkpoint_sequential`.
 */
export function checkpointSequential(
  functions: readonly ((x: Tensor) => Tensor)[],
  segments: number,
  input: Tensor,
): Tensor {
  const run = (part: readonly ((x: Tensor) => Tensor)[]) => (x: Tensor) =>
    part.reduce((value, fn) => fn(value), x)
  const size = Math.floor(functions.length / segments)
  let x = input
  let start = 0
  for (; start < size * (segments - 1); start += size) {
    x = checkpoint(run(functions.slice(start, start + size)), x)
  }
  return run(functions.slice(start))(x)
}
