import { demote, laneCount, Vec, widen } from '../emit/vec.ts'

/** A function of JS's Math, lane by lane. */
export function hosted(name: string, x: Vec, ...others: readonly Vec[]): Vec {
  if (x.lane === 'f64') {
    return x.perLane('f64', (...lanes) => x.graph.imported(name, lanes), ...others)
  }
  const halves = [x, ...others].map(widen)
  const half = (h: 0 | 1): Vec => hosted(name, halves[0][h], ...halves.slice(1).map((w) => w[h]))
  return demote(half(0), half(1))
}

/**
 * `value`, but where `mask` is set the function `name` of the host of `args`: a branch that is taken
 * only if some lane needs it.
 */
export function rarely(name: string, args: Vec | readonly Vec[], value: Vec, mask: Vec): Vec {
  const list = args instanceof Vec ? [args] : args
  const { graph, lane } = value
  const params = [...list.map(() => 'v128' as const), 'v128' as const, 'v128' as const]
  const callee = graph.helper(
    `rarely ${name} ${laneCount[lane]}`,
    { params, results: ['v128'] },
    (inner, nodes) => {
      const vecs = nodes.slice(0, list.length).map((node) => new Vec(inner, lane, node))
      const [fast, which] = nodes.slice(list.length)
      const slow = hosted(name, vecs[0], ...vecs.slice(1))
      const chosen = new Vec(inner, mask.lane, which).select(slow, new Vec(inner, lane, fast))
      return chosen.node
    },
  )
  return mask.unlessAny(value, callee, [...list, value, mask])
}
