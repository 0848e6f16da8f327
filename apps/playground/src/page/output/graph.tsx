import { useId, useMemo } from 'preact/hooks'
import type { Graph } from '../../protocol/events.ts'
import { type Arrow, type Box, layOut } from './layout.ts'

const BoxShape = ({ node, x, y, width, height }: Box) => (
  <g class={node.leaf ? 'node leaf' : 'node'} transform={`translate(${x} ${y})`}>
    <rect x={-width / 2} y={-height / 2} width={width} height={height} rx="7" />
    <text y={node.detail ? -3 : 4}>{node.name}</text>
    {node.detail && (
      <text y="13" class="detail">
        {node.detail}
      </text>
    )}
  </g>
)

/** A line through the middles of its corners, so that it bends. */
function pathOf({ points }: Arrow): string {
  const [first, ...rest] = points
  const last = rest.pop()
  if (!last) return ''
  const bends = rest.map((point, i) => {
    const next = rest[i + 1] ?? last
    return `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`
  })
  return `M${first.x} ${first.y} ${bends.join(' ')} L${last.x} ${last.y}`
}

/** The graph in words: what each function hands its gradients to. */
const GraphText = ({ nodes, edges }: Graph) => (
  <details>
    <summary>As a list</summary>
    <ol>
      {nodes.map(({ name, detail }, i) => {
        const next = edges.flatMap(([from, to]) =>
          from === i ? [`${nodes[to].name} (${to + 1})`] : [],
        )
        return (
          <li key={i}>
            {name} {detail} {next.length > 0 && `→ ${next.join(', ')}`}
          </li>
        )
      })}
    </ol>
  </details>
)

/** The graph behind a tensor, drawn. */
export function GraphFigure({ title, graph }: { title: string; graph: Graph }) {
  const { width, height, boxes, arrows } = useMemo(() => layOut(graph), [graph])
  const tip = useId()
  const omitted = graph.omitted > 0 ? `, ${graph.omitted} more are not drawn` : ''
  return (
    <figure class="card graph">
      <figcaption>
        {title} <small>{`${graph.nodes.length} functions${omitted}`}</small>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section class="scroll" tabIndex={0} aria-label={`${title}, drawing`}>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          width={width}
          height={height}
          role="img"
          aria-label={`${title}: ${graph.nodes.map(({ name }) => name).join(', ')}`}
        >
          <defs>
            <marker
              id={tip}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M0 0 8 4 0 8z" class="tip" />
            </marker>
          </defs>
          {arrows.map((arrow, i) => (
            <path key={i} class="edge" d={pathOf(arrow)} marker-end={`url(#${tip})`} />
          ))}
          {boxes.map((box, i) => (
            <BoxShape key={i} {...box} />
          ))}
        </svg>
      </section>
      <GraphText {...graph} />
    </figure>
  )
}
