import { type GradFn, graphNodes, Node, type Tensor } from 'sconce'
import type { Graph, GraphNode } from '../protocol/events.ts'
import { tell } from './sink.ts'

/** A drawing of more is of no use to anybody. */
const MOST_NODES = 250

const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`

/** The leaf whose gradients end in a node, if it is such a node. */
const leafOf = (node: GradFn): Tensor | undefined =>
  'variable' in node ? (node.variable as Tensor) : undefined

/** What a node hands its gradients on for: the shape of what its op made. */
const shapeOf = (node: GradFn): string =>
  node instanceof Node ? node.metadata.map(({ shape }) => shapeText(shape)).join(' ') : ''

/** The graph behind a tensor as plain data; `names` are of leaves. */
export function graphOf(of: Tensor, names: Readonly<Record<string, Tensor>> = {}): Graph {
  const found = graphNodes(of)
  const drawn = found.slice(0, MOST_NODES)
  const position = new Map(drawn.map((node, i) => [node, i]))
  const nameOf = (leaf: Tensor | undefined): string | undefined =>
    Object.keys(names).find((name) => names[name] === leaf)
  const nodes = drawn.map((node): GraphNode => {
    const leaf = leafOf(node)
    const detail = [leaf && nameOf(leaf), shapeOf(node)].filter(Boolean).join(' ')
    return { name: node.name, detail, leaf: leaf !== undefined }
  })
  const edges = drawn.flatMap((node, from) =>
    node.nextFunctions.flatMap((next) => {
      const to = next ? position.get(next) : undefined
      return to === undefined ? [] : [[from, to] as const]
    }),
  )
  return { nodes, edges, omitted: found.length - drawn.length }
}

/**
 * Draws the graph that autograd recorded behind a tensor: its `gradFn`, whose `nextFunctions` lead to the
 * leaves.
 *
 *     showGraph(loss, { weight, bias })
 *
 * @param names of leaves, which are written beside them
 * @throws Error for a tensor without a graph
 */
export function showGraph(
  tensor: Tensor,
  names: Readonly<Record<string, Tensor>> = {},
  title = 'Autograd graph',
): void {
  if (!tensor.gradFn)
    throw new Error('showGraph: the tensor has no gradFn: nothing that requires grad led to it')
  tell({ kind: 'graph', title, graph: graphOf(tensor, names) })
}
