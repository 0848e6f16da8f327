import type { TypedArray } from '@sconce/backend'
import type { Tensor } from './tensor.ts'

/** Thrown out of an op that needs elements which have not been read yet. */
class Unread {
  readonly data: Promise<TypedArray>
  constructor(data: Promise<TypedArray>) {
    this.data = data
  }
}

/** The reads of the op that is running, in order: those known so far, and how many it has had. */
interface Reads {
  readonly known: TypedArray[]
  position: number
}

let current: Reads | undefined

/** What a synchronous read gives inside of `asynchronous`; `undefined` outside of it. */
export function awaitedRead(tensor: Tensor): TypedArray | undefined {
  if (current === undefined) return undefined
  if (current.position === current.known.length) {
    // Asked for at once: on the way out of the op its temporaries are freed.
    throw new Unread(tensor.data())
  }
  return current.known[current.position++]
}

/** Whether a tensor's elements can be had without waiting, or are waited for: inside of `asynchronous`. */
export const isReadable = ({ storage }: Tensor): boolean =>
  current !== undefined || storage.device.backend.readSync !== undefined

/**
 * The asynchronous form of an op that has to read its operands, such as `nonzero` or `linalg.svd`: for
 * devices that can't be read synchronously, and for pages that must not wait for a GPU.
 *
 * ```ts
 * const { S } = await asynchronous(linalg.svd)(x)
 * const picked = await asynchronous(() => x.at(x.gt(0)))()
 * ```
 *
 * The op runs on its device and is recorded by autograd as usual. Where it comes to a read it is left, the
 * elements are awaited, and it is run again with what is known by then; so it must have no effects
 * besides its result, and the same arguments must give the same reads.
 */
export const asynchronous =
  <Args extends unknown[], Result>(op: (...args: Args) => Result) =>
  async (...args: Args): Promise<Result> => {
    const known: TypedArray[] = []
    for (;;) {
      const outer = current
      current = { known, position: 0 }
      try {
        return op(...args)
      } catch (error) {
        if (!(error instanceof Unread)) throw error
        // The await is outside of the op.
        current = outer
        known.push(await error.data)
      } finally {
        current = outer
      }
    }
  }
