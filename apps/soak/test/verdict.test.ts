import { describe, expect, it } from 'vitest'
import { growths } from '../src/flatness.ts'
import { svg } from '../src/report/svg.ts'
import { trialText } from '../src/report/text.ts'
import { verdictOf } from '../src/trial.ts'
import { outcome, samples, trial } from './helpers.ts'

const MiB = 2 ** 20

describe('flatness', () => {
  it('compares the most of the middle third with the most of the last', () => {
    const grown = growths(samples((step) => ({ device: (step < 30 ? 500 : step) * MiB })))
    expect(grown.find(({ figure }) => figure === 'device')).toEqual({
      ...{ figure: 'device', before: 59 * MiB, after: 89 * MiB, isFlat: false },
    })
    expect(grown.filter(({ isFlat }) => isFlat).map(({ figure }) => figure)).toEqual([
      ...['storages', 'taken', 'heap', 'resident'],
    ])
  })

  it.each([
    ['storages', (step: number) => ({ storages: 100 * step })],
    ['taken', (step: number) => ({ taken: (10 + 2 * step) * MiB })],
    ['heap', (step: number) => ({ heap: (30 + step) * MiB })],
    ['resident', (step: number) => ({ resident: (200 + 2 * step) * MiB })],
  ])('finds what grows: %s', (figure, change) => {
    const grown = growths(samples(change)).filter(({ isFlat }) => !isFlat)
    expect(grown.map((growth) => growth.figure)).toEqual([figure])
  })

  it('lets memory swing, and rise while things warm up', () => {
    const swing = (step: number) => ({
      device: (step % 7) * MiB,
      heap: (30 + (step % 10)) * MiB,
      resident: Math.min(100 + 5 * step, 250) * MiB,
    })
    expect(growths(samples(swing)).every(({ isFlat }) => isFlat)).toBe(true)
  })

  it('leaves out what could not be measured', () => {
    const blind = samples(() => ({ heap: Number.NaN, resident: undefined }))
    expect(growths(blind).map(({ figure }) => figure)).toEqual(['device', 'storages', 'taken'])
  })
})

describe('a verdict', () => {
  it('is good where all is flat and the same, NaN too', () => {
    expect(verdictOf(trial())).toMatchObject({ isSame: true, faults: [] })
  })

  it.each([
    ['parameters', { parameters: 'abd' }],
    ['a loss', { losses: [1, 0.5, 0.25] }],
    ['the sign of zero', { losses: [1, 0.5, -0] }],
    ['the number of losses', { losses: [1, 0.5] }],
  ])('is bad where results differ: %s', (_, change) => {
    expect(verdictOf(trial({ outcome: outcome(change) })).faults).toEqual([
      'the results differ from those of the run in which nothing was spilled',
    ])
  })

  it('is bad where the comparison shows nothing', () => {
    const { faults } = verdictOf(
      trial({ outcome: outcome({ spilledBytes: 0 }), reference: outcome({ spilledBytes: 1 }) }),
    )
    expect(faults).toEqual([
      'the reference was spilled too',
      'nothing was spilled: the run was too short to show anything',
    ])
    const collected = samples(() => ({ storages: 0, device: 0 }))
    const onCpu = trial({ outcome: outcome({ spilledBytes: 0, samples: collected }) })
    expect(verdictOf(onCpu).faults).toEqual([])
  })

  it('is told in a few lines', () => {
    const bad = trial({ outcome: outcome({ samples: samples((s) => ({ storages: 90 * s })) }) })
    expect(trialText(bad)).toBe(`\
✗ wasm perceptron, 90 steps in one piece: 100 µs a step, 2 mishaps, 3 MiB spilled, results the same
    device    10.0 MiB → 10.0 MiB
    storages  5310 → 8010
    taken     16.0 MiB → 16.0 MiB
    heap      30.0 MiB → 30.0 MiB
    resident  200.0 MiB → 200.0 MiB
    storages grew from 5310 to 8010
`)
  })

  it('is drawn, a panel per trial', () => {
    const drawn = svg([trial(), trial({ backend: 'a<b', outcome: outcome({ samples: [] }) })])
    expect(drawn.match(/<g /g)?.length).toBe(2)
    expect(drawn.match(/<polyline/g)?.length).toBe(4)
    expect(drawn).toContain('a&lt;b perceptron, 90 steps in one piece (MiB)')
    // 200 MiB is the most: at the top of the panel. 10 MiB lie near the bottom.
    expect(drawn).toContain('points="44.0,32.0 ')
    expect(drawn).toContain('points="44.0,130.8 ')
  })
})
