import { CpuBackend } from '@sconce/backend-cpu'
import {
  disposeDevice,
  memory,
  ones,
  scope,
  type Tensor,
  tensor,
  untracked,
  useBackend,
  type Within,
} from '@sconce/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** A device whose buffers nobody collects: what isn't freed stays counted. */
const device = 'counted'
beforeEach(() => {
  const backend = new CpuBackend({ name: device })
  useBackend(Object.assign(backend, { info: { ...backend.info, collected: false } }))
})
afterEach(() => disposeDevice(device))

const live = () => memory()[device].storages
const make = (value = 1): Tensor => tensor([value, value], { device })
const turn = () => new Promise((resolve) => setTimeout(resolve, 1))
/** Values, in a body that is no async function: then nothing follows it across an await. */
const plainly = <T>(body: (within: Within) => Promise<T>) => scope((within) => body(within))

describe('a scope', () => {
  it('frees what was made in it, but for its result', () => {
    const result = scope(() => make(2).add(make(3)).mul(2))
    expect([live(), result.toArray()]).toEqual([1, [10, 10]])
  })

  it('keeps what the result holds, in whatever', () => {
    class Pair {
      readonly first = make(1)
      readonly rest = { second: [make(2)] }
    }
    const cycle: { self?: unknown; inner: Tensor } = { inner: make(3) }
    cycle.self = cycle
    const kept = scope(() => {
      make(0)
      return { pair: new Pair(), map: new Map([['x', make(4)]]), set: new Set([make(5)]), cycle }
    })
    expect(live()).toBe(5)
    expect(kept.pair.rest.second[0].toArray()).toEqual([2, 2])
    expect([...kept.set][0].add(kept.map.get('x') as Tensor).toArray()).toEqual([9, 9])
  })

  it('keeps a view, and with it the elements', () => {
    const view = scope(() => make(7).slice(0, 1, 2))
    expect([live(), view.toArray()]).toEqual([1, [7]])
  })

  it('frees under exceptions, whole nests', () => {
    const outer = make()
    expect(() =>
      scope(() => {
        make()
        scope(() => {
          make().add(outer)
          throw new Error('no')
        })
      }),
    ).toThrow('no')
    expect([live(), outer.toArray()]).toEqual([1, [1, 1]])
    // Nothing is tracked any more.
    make()
    expect(live()).toBe(2)
  })

  it('frees what an op made before it threw', () => {
    expect(() => scope(() => make().add(ones(3, { device })))).toThrow(/must match the size/)
    expect(live()).toBe(0)
  })

  it('hands its result to the scope around it', () => {
    scope(() => {
      const inner = scope(() => make())
      expect([live(), inner.toArray()]).toEqual([1, [1, 1]])
    })
    expect(live()).toBe(0)
  })

  it('leaves alone what is made untracked', () => {
    const kept = scope(() => [untracked(() => make(6)).toArray(), make()].length)
    expect([kept, live()]).toEqual([2, 1])
  })
})

describe('an asynchronous scope', () => {
  it('covers what is made after an await', async () => {
    const result = await scope(async () => {
      const a = make(1)
      await turn()
      const b = a.add(make(2))
      await turn()
      return b.mul(2)
    })
    expect([live(), result.toArray()]).toEqual([1, [6, 6]])
  })

  it('frees when the body throws later', async () => {
    const failing = scope(async () => {
      make()
      await turn()
      make()
      throw new Error('later')
    })
    await expect(failing).rejects.toThrow('later')
    expect(live()).toBe(0)
  })

  it('frees when the body throws at once', async () => {
    await expect(
      scope(async () => {
        make()
        throw new Error('at once')
      }),
    ).rejects.toThrow('at once')
    expect(live()).toBe(0)
    make()
    expect(live()).toBe(1)
  })

  it('takes nothing from others that run meanwhile', async () => {
    const results = await Promise.all(
      [1, 2, 3].map((value) =>
        scope(async () => {
          const before = make(value)
          await turn()
          const sum = before.add(make(value))
          await turn()
          return sum
        }),
      ),
    )
    expect(results.map((r) => r.toArray())).toEqual([
      [2, 2],
      [4, 4],
      [6, 6],
    ])
    expect(live()).toBe(3)
  })

  it('takes nothing from those in no scope', async () => {
    let outside: Tensor | undefined
    const inside = scope(async () => {
      await turn()
      make()
      await turn()
    })
    const other = (async () => {
      await turn()
      outside = make(9)
    })()
    await Promise.all([inside, other])
    expect([live(), outside?.toArray()]).toEqual([1, [9, 9]])
  })

  it('nests, with sync scopes and untracked parts in it', async () => {
    const result = await scope(async () => {
      await turn()
      const sync = scope(() => make(1).add(1))
      const kept = untracked(() => make(5))
      const inner = await scope(async () => {
        await turn()
        return sync.add(make(2)).add(kept)
      })
      make()
      return inner
    })
    // The result, and what was made untracked.
    expect([live(), result.toArray()]).toEqual([2, [9, 9]])
  })

  it('where nothing follows asynchronous code, covers what runs within it', async () => {
    const result = await plainly(async (within) => {
      make(1)
      await turn()
      return within(() => make(2).add(make(3)))
    })
    expect([live(), result.toArray()]).toEqual([1, [5, 5]])
    await plainly(async () => {
      await turn()
      make()
    })
    // Not freed early; it is reclaimed as if it were in no scope.
    expect(live()).toBe(2)
  })
})

describe('using', () => {
  it('frees at the end of a block, also of an async function', async () => {
    {
      using a = make()
      expect([live(), a.toArray()]).toEqual([1, [1, 1]])
    }
    expect(live()).toBe(0)
    const run = async (fail: boolean) => {
      using a = make()
      using b = a.slice(0, 0, 1)
      await turn()
      if (fail) throw new Error('no')
      return b.toArray()
    }
    expect(await run(false)).toEqual([1])
    await expect(run(true)).rejects.toThrow('no')
    expect(live()).toBe(0)
  })

  it('leaves views of the same elements alone', () => {
    const view = (() => {
      using whole = make(4)
      return whole.slice(0, 1, 2)
    })()
    expect([live(), view.toArray()]).toEqual([1, [4]])
  })

  it('makes later uses throw', () => {
    const gone = make()
    gone[Symbol.dispose]()
    gone[Symbol.dispose]()
    expect(() => gone.toArray()).toThrow('this tensor was disposed: its storage has been freed')
    expect(live()).toBe(0)
  })
})
