import type { GraphEvent, LogLevel, PictureEvent, RunEvent } from '../../protocol/events.ts'
import { type Chart, withCurves, withPoint } from './charts.ts'

export interface Line {
  readonly id: number
  readonly level: LogLevel
  readonly text: string
}

/** What a program has shown so far. Things with titles are in the order in which they first came. */
export interface Output {
  readonly lines: readonly Line[]
  /** Lines that were dropped because there were too many. */
  readonly dropped: number
  readonly charts: ReadonlyMap<string, Chart>
  readonly pictures: ReadonlyMap<string, PictureEvent>
  readonly graphs: ReadonlyMap<string, GraphEvent>
}

export const emptyOutput: Output = {
  lines: [],
  dropped: 0,
  charts: new Map(),
  pictures: new Map(),
  graphs: new Map(),
}

/** More lines than that nobody reads. */
const MOST_LINES = 500

/** The output with what some events add to it. */
export function withEvents(output: Output, events: readonly RunEvent[]): Output {
  const lines = [...output.lines]
  let { dropped } = output
  const charts = new Map(output.charts)
  const pictures = new Map(output.pictures)
  const graphs = new Map(output.graphs)
  let id = (lines.at(-1)?.id ?? 0) + 1
  for (const event of events) {
    const { kind } = event
    if (kind === 'log') lines.push({ id: id++, level: event.level, text: event.text })
    else if (kind === 'dropped') dropped += event.lines + lines.splice(0).length
    else if (kind === 'point') charts.set(event.title, withPoint(charts.get(event.title), event))
    else if (kind === 'curves') charts.set(event.title, withCurves(charts.get(event.title), event))
    else if (kind === 'picture') pictures.set(event.title, event)
    else if (kind === 'graph') graphs.set(event.title, event)
  }
  const excess = Math.max(0, lines.length - MOST_LINES)
  return {
    lines: lines.slice(excess),
    dropped: dropped + excess,
    charts,
    pictures,
    graphs,
  }
}
