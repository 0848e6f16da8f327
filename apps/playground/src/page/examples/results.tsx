import { ChartFigure } from '../output/chart.tsx'
import { GraphFigure } from '../output/graph.tsx'
import { Log } from '../output/log.tsx'
import { PictureFigure } from '../output/picture.tsx'
import { output } from './session.ts'

/** All that the program shows. */
export function Results() {
  const { charts, pictures, graphs, lines, dropped } = output.value
  const isEmpty = charts.size + pictures.size + graphs.size + lines.length === 0
  if (isEmpty) return <p class="empty">What the program shows appears here.</p>
  return (
    <>
      <div class="shown">
        <div class="figures">
          {[...charts.values()].map((chart) => (
            <ChartFigure key={chart.title} chart={chart} />
          ))}
        </div>
        <div class="figures">
          {[...pictures.values()].map(({ title, picture }) => (
            <PictureFigure key={title} title={title} picture={picture} />
          ))}
        </div>
        {[...graphs.values()].map(({ title, graph }) => (
          <GraphFigure key={title} title={title} graph={graph} />
        ))}
      </div>
      {lines.length > 0 && <Log lines={lines} dropped={dropped} />}
    </>
  )
}
