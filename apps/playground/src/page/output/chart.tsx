import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'preact/hooks'
import { type Chart, chartText } from './charts.ts'
import { drawChart, type Plot } from './plot.ts'

/** A chart that grows. */
export function ChartFigure({ chart }: { chart: Chart }) {
  const element = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot>(null)
  const names = [...chart.lines.keys()].join('\n')
  // Lines come and go only with a new drawing.
  useEffect(() => {
    if (!element.current) return
    const drawn = drawChart(element.current, chart)
    plot.current = drawn
    return () => drawn.close()
  }, [names, chart.log])
  useEffect(() => plot.current?.update(chart), [chart.version])
  const words = chartText(chart)
  return (
    <figure class="card chart">
      <figcaption>
        {chart.title} <small>{words}</small>
      </figcaption>
      <div ref={element} role="img" aria-label={`${chart.title}: ${words}`} />
    </figure>
  )
}
