import { describe, expect, it } from 'vitest'
import { type MeasureOptions, measure } from '../src/timing/measure.ts'
import type { Trial } from '../src/timing/trial.ts'

const options: MeasureOptions = { rounds: 4, sample: 20, warmUp: 100, patience: 1000 }

/** A contestant whose calls take a given time each, on a clock of its own; notes its blocks. */
function steady(ms: number, log: string[] = [], name = ''): Trial & { blocks: number[] } {
  const blocks: number[] = []
  return {
    blocks,
    async run(iterations) {
      blocks.push(iterations)
      log.push(name)
      return ms * iterations
    },
  }
}

describe('measure', () => {
  it('gives times per call, in as many calls as make a sample', async () => {
    const [fast, slow] = [steady(0.5), steady(4)]
    const measured = await measure(
      new Map([
        ['fast', fast],
        ['slow', slow],
      ]),
      options,
    )
    expect(measured.get('fast')).toEqual({ samples: [0.5, 0.5, 0.5, 0.5], iterations: 40 })
    expect(measured.get('slow')).toEqual({ samples: [4, 4, 4, 4], iterations: 5 })
    expect(fast.blocks.slice(-4)).toEqual([40, 40, 40, 40])
  })

  it('lets all take turns', async () => {
    const log: string[] = []
    const trials = new Map(['a', 'b', 'c'].map((name) => [name, steady(30, log, name)]))
    await measure(trials, options)
    expect(log.slice(-12).join('')).toBe('abcabcabcabc')
  })

  it('warms up until the times agree', async () => {
    let calls = 0
    const warming: Trial = {
      async run(iterations) {
        calls += iterations
        // The first calls are interpreted.
        return iterations * (calls < 5 ? 9 : 2)
      },
    }
    const measured = await measure(new Map([['warming', warming]]), options)
    expect(measured.get('warming')).toEqual({ samples: [2, 2, 2, 2], iterations: 10 })
  })

  it('asks a very slow contestant only once', async () => {
    const slow = steady(5000)
    const measured = await measure(
      new Map([
        ['slow', slow],
        ['other', steady(1)],
      ]),
      options,
    )
    expect(measured.get('slow')).toEqual({ samples: [5000], iterations: 1 })
    expect(slow.blocks).toEqual([1])
    expect(measured.get('other')?.samples).toHaveLength(4)
  })

  it('lets a slow contestant sit out the last rounds', async () => {
    const measured = await measure(new Map([['slow', steady(300)]]), options)
    expect(measured.get('slow')?.samples).toEqual([300, 300, 300])
  })

  it('keeps what goes wrong, and goes on with the others', async () => {
    const failing: Trial = {
      run: () => Promise.reject(new Error('no kernel\nwith a long explanation')),
    }
    const measured = await measure(
      new Map([
        ['failing', failing],
        ['other', steady(1)],
      ]),
      options,
    )
    expect(measured.get('failing')).toEqual({ samples: [], iterations: 1, error: 'no kernel' })
    expect(measured.get('other')?.samples).toEqual([1, 1, 1, 1])
  })
})
