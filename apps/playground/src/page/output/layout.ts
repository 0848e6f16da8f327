import { Graph as Dagre, layout } from '@dagrejs/dagre'
import type { Graph, GraphNode } from '../../protocol/events.ts'

export interface Box {
  readonly node: GraphNode
  /** Its centre. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Arrow {
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

/** A graph with a place for everything. */
export interface Drawing {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Box[]
  readonly arrows: readonly Arrow[]
}

const PER_CHARACTER = 7.4

/** Boxes in layers, from where backward begins down to the leaves. */
export function layOut({ nodes, edges }: Graph): Drawing {
  const graph = new Dagre({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', nodesep: 18, ranksep: 30, marginx: 8, marginy: 8 })
  graph.setDefaultEdgeLabel(() => ({}))
  nodes.forEach(({ name, detail }, i) => {
    const width = PER_CHARACTER * Math.max(name.length, detail.length * 0.9) + 24
    graph.setNode(`${i}`, { width, height: detail ? 42 : 30 })
  })
  edges.forEach(([from, to], i) => {
    graph.setEdge(`${from}`, `${to}`, {}, `${i}`)
  })
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  const boxes = nodes.map((node, i) => {
    const { x, y, width, height } = graph.node(`${i}`)
    return { node, x, y, width, height }
  })
  const arrows = graph.edges().map((edge) => ({ points: graph.edge(edge).points }))
  return { width, height, boxes, arrows }
}
