import { expect, it } from 'vitest'
import { type Chart, chartText, withCurves, withPoint } from '../src/page/output/charts.ts'
import { emptyOutput, withEvents } from '../src/page/output/output.ts'
import type { RunEvent } from '../src/protocol/events.ts'
import { Outbox } from '../src/run/post.ts'

const point = (x: number, values: Record<string, number>): RunEvent & { kind: 'point' } => ({
  kind: 'point',
  title: 'loss',
  x,
  values,
  log: false,
})

const line = (text: string): RunEvent => ({ kind: 'log', level: 'log', text })

it('lines of a chart have as many points as there are places, with gaps', () => {
  const events = [
    point(1, { a: 10 }),
    point(2, { b: 20 }),
    point(2, { a: 11 }),
    point(3, { a: 12 }),
  ]
  const chart = events.reduce<Chart | undefined>(withPoint, undefined)
  expect(chart?.x).toEqual([1, 2, 3])
  expect([...(chart?.lines ?? [])]).toEqual([
    ['a', [10, 11, 12]],
    ['b', [null, 20, null]],
  ])
  expect(chart && chartText(chart)).toBe('3 points; a from 10 to 12, b from 20 to 20')
})

it('a chart of very many points keeps every other', () => {
  let chart: Chart | undefined
  for (let i = 0; i <= 4000; i++) chart = withPoint(chart, point(i, { a: i }))
  expect(chart?.x.length).toBe(2001)
  expect(chart?.x.slice(0, 3)).toEqual([0, 2, 4])
  expect(chart?.lines.get('a')?.at(-1)).toBe(4000)
})

it('curves take the place of those before', () => {
  const curves = (y: number) =>
    ({ kind: 'curves', title: 'c', x: [1, 2], lines: { y: [y, y] } }) as const
  const chart = withCurves(withCurves(undefined, curves(1)), curves(2))
  expect(chart).toMatchObject({ x: [1, 2], version: 2 })
  expect(chart.lines.get('y')).toEqual([2, 2])
})

it('only the last lines of the output are kept, and the others counted', () => {
  const first = withEvents(emptyOutput, [line('first')])
  const many = withEvents(
    first,
    Array.from({ length: 600 }, (_, i) => line(`${i}`)),
  )
  expect(many.lines).toHaveLength(500)
  expect(many.dropped).toBe(101)
  expect(many.lines.at(-1)?.text).toBe('599')
  expect(new Set(many.lines.map(({ id }) => id)).size).toBe(500)
  const after = withEvents(many, [{ kind: 'dropped', lines: 7 }, line('last')])
  expect(after.lines.map(({ text }) => text)).toEqual(['last'])
  expect(after.dropped).toBe(101 + 500 + 7)
})

it('few events are sent at once, floods together and without what nobody could read', () => {
  const sent: (readonly RunEvent[])[] = []
  const outbox = new Outbox((events) => sent.push(events))
  for (let i = 0; i < 50; i++) outbox.tell(line(`${i}`))
  expect(sent).toHaveLength(50)
  for (let i = 0; i < 300; i++) outbox.tell(line(`more ${i}`))
  outbox.tell(point(1, { a: 1 }))
  expect(sent).toHaveLength(50)
  outbox.flush()
  expect(sent).toHaveLength(51)
  const [values, dropped, ...lines] = sent[50]
  expect(values.kind).toBe('point')
  expect(dropped).toEqual({ kind: 'dropped', lines: 100 })
  expect(lines).toHaveLength(200)
  expect(lines.at(-1)).toEqual(line('more 299'))
})
