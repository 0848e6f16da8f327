/**
 * Python hands the scalars of these ops over as tensors, so that their nodes have the numbers of the
 * tensor overloads; those of libtorch (and the library's) are others.
 */
const SCALAR_NODES: { [name: string]: string } = {
  AddBackward1: 'AddBackward0',
  SubBackward1: 'SubBackward0',
  MulBackward1: 'MulBackward0',
  DivBackward1: 'DivBackward0',
  DivBackward3: 'DivBackward2',
}

/** Whether Python gives the node a second, untracked operand: the scalar. */
export const hasScalarOperand = (name: string): boolean => Object.hasOwn(SCALAR_NODES, name)

const PATTERN = new RegExp(`\\b(${Object.keys(SCALAR_NODES).join('|')})\\b`, 'g')

/** A text that names nodes as Python names them. */
export const asInPython = (text: string): string =>
  text.replace(PATTERN, (name) => SCALAR_NODES[name])

/** Nodes of the engine itself, whose `name()` has their namespace. */
const ENGINE_NODES: ReadonlySet<string> = new Set(['AccumulateGrad', 'CopySlices'])

/** `node.name()`. */
export const qualifiedNodeName = (name: string): string =>
  ENGINE_NODES.has(name) ? `torch::autograd::${name}` : asInPython(name)
