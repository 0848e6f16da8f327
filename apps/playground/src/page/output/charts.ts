import type { CurvesEvent, PointEvent } from '../../protocol/events.ts'

/** The numbers of a chart. Arrays grow in place; `version` tells when. */
export interface Chart {
  readonly title: string
  readonly log: boolean
  readonly version: number
  readonly x: number[]
  /** As long as `x`; null where a line has no point. */
  readonly lines: Map<string, (number | null)[]>
}

const newChart = (title: string, log: boolean): Chart => ({
  title,
  log,
  version: 0,
  x: [],
  lines: new Map(),
})

/** More points than that have no room of their own; then every other one goes. */
const MOST_POINTS = 4000

function thin({ x, lines }: Chart): void {
  const half = <T>(values: T[]): T[] => values.filter((_, i) => i % 2 === 0)
  x.splice(0, x.length, ...half(x))
  for (const [name, values] of lines) lines.set(name, half(values))
}

/** The chart with one more point; several told of the same place share it. */
export function withPoint(chart: Chart | undefined, event: PointEvent): Chart {
  const grown = chart ?? newChart(event.title, event.log)
  if (grown.x.length >= MOST_POINTS) thin(grown)
  const { title, log, version, x, lines } = grown
  if (x.at(-1) !== event.x) {
    x.push(event.x)
    for (const values of lines.values()) values.push(null)
  }
  for (const [name, value] of Object.entries(event.values)) {
    const values = lines.get(name) ?? Array.from(x, () => null)
    values[x.length - 1] = value
    lines.set(name, values)
  }
  return { title, log, x, lines, version: version + 1 }
}

/** The chart with other lines. */
export const withCurves = (chart: Chart | undefined, { title, x, lines }: CurvesEvent): Chart => ({
  title,
  log: false,
  version: (chart?.version ?? 0) + 1,
  x: [...x],
  lines: new Map(Object.entries(lines).map(([name, values]) => [name, [...values]])),
})

const short = (value: number): string => Number(value.toPrecision(4)).toString()

/** A chart in words. */
export function chartText({ x, lines }: Chart): string {
  const told = Array.from(lines, ([name, values]) => {
    const known = values.filter((value): value is number => value !== null)
    return `${name} from ${short(known[0])} to ${short(known[known.length - 1])}`
  })
  return `${x.length} points; ${told.join(', ')}`
}
