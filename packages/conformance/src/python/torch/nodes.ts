/** Nodes of the autograd graph. */
import { Node } from '@sconce/autograd'
import type { GradFn } from '@sconce/core'
import { Dict } from '../values/dict.ts'
import { raise } from '../values/errors.ts'
import { NativeFunction } from '../values/functions.ts'
import { Tuple, type Value } from '../values/value.ts'
import type { Adapter, Binding } from './binding.ts'
import { asInPython, hasScalarOperand, qualifiedNodeName } from './node-names.ts'
import { memberNamed } from './objects.ts'

/** In Python every kind of node is a class of its own. */
const classes = new Map<string, object>()

function classFor({ interpreter }: Binding, node: Node) {
  const name = asInPython(node.name)
  const key = classes.get(name) ?? { name }
  classes.set(name, key)
  return interpreter.foreignClass(key, name)
}

export const nodeAdapter = (binding: Binding): Adapter => ({
  owns: (object) => object instanceof Node,
  typeOf: (object) =>
    object instanceof Node ? classFor(binding, object) : binding.interpreter.type('object'),
  getAttribute(object, name) {
    if (!(object instanceof Node)) return undefined
    switch (name) {
      case 'name':
        return new NativeFunction(name, () => qualifiedNodeName(object.name))
      case 'next_functions':
        return new Tuple(
          withScalar(object, object.nextEdges, [null, 0] as const).map(
            ([node, output]) => new Tuple([node, BigInt(output)]),
          ),
        )
      default:
        return memberNamed(binding, object, name)
    }
  },
})

/** The list with an entry for the scalar, which the library does not count as an operand. */
const withScalar = <T>({ name }: GradFn, list: readonly T[], none: T): readonly T[] =>
  hasScalarOperand(name) && list.length === 1 ? [...list, none] : list

const tree = (node: GradFn | null): Value =>
  node &&
  new Dict([
    ['name', asInPython(node.name)],
    ['next', withScalar(node, node.nextFunctions, null).map(tree)],
  ])

/** `graph(node)`: the names of the classes from a node on, as the recorded programs write them down. */
export function graph(node: Value): Value {
  if (node === null || node instanceof Node) return tree(node)
  throw raise('TypeError', 'graph() takes a node of the graph')
}
