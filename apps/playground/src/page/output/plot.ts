import uPlot from 'uplot'
import type { Chart } from './charts.ts'

const HEIGHT = 190

const styleOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** Lines are told apart by colour and by dashes. */
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]]

const short = (value: number): string => `${Number(value.toPrecision(3))}`

const axis = (size: number): uPlot.Axis => ({
  stroke: () => styleOf('--muted'),
  grid: { stroke: () => styleOf('--border'), width: 1 },
  ticks: { show: false },
  font: '11px system-ui, sans-serif',
  size,
  values: (_, splits) => splits.map((value) => (value === null ? '' : short(value))),
})

const seriesOf = (name: string, i: number): uPlot.Series => ({
  label: name,
  stroke: () => styleOf(`--line-${(i % 4) + 1}`),
  width: 2,
  dash: [...dashes[i % dashes.length]],
  spanGaps: true,
  points: { show: false },
  value: (_, value) => (value === null ? '–' : short(value)),
})

const dataOf = ({ x, lines }: Chart): uPlot.AlignedData => [x, ...lines.values()]

/** A drawn chart. */
export interface Plot {
  /** Draws what has changed. */
  update(chart: Chart): void
  close(): void
}

/** Draws a chart into an element, as wide as that is. */
export function drawChart(element: HTMLElement, chart: Chart): Plot {
  const drawn = new uPlot(
    {
      width: Math.max(element.clientWidth, 200),
      height: HEIGHT,
      legend: { live: false, show: chart.lines.size > 1 },
      cursor: { drag: { x: false, y: false } },
      // Of a logarithm what is not positive has none.
      scales: { x: { time: false }, y: chart.log ? { distr: 3 } : {} },
      axes: [axis(26), axis(48)],
      series: [{ label: 'x' }, ...Array.from(chart.lines.keys(), seriesOf)],
    },
    dataOf(chart),
    element,
  )
  const width = new ResizeObserver(() => {
    if (element.clientWidth > 0) drawn.setSize({ width: element.clientWidth, height: HEIGHT })
  })
  width.observe(element)
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  const redraw = () => drawn.redraw()
  scheme.addEventListener('change', redraw)
  return {
    update: (changed) => drawn.setData(dataOf(changed)),
    close() {
      scheme.removeEventListener('change', redraw)
      width.disconnect()
      drawn.destroy()
    },
  }
}
