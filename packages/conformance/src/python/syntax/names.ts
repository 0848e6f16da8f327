/** Which names of a function body are its own: decided from the text, as Python does. */
import type { Clause, Expression, NameRules, Statement } from './ast.ts'

type Node = Statement | Expression

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'kind' in value

/** Visits a node and all below it, until `visit` returns false for one. */
function walk(value: unknown, visit: (node: Node) => boolean): void {
  if (Array.isArray(value)) for (const element of value) walk(element, visit)
  else if (typeof value === 'object' && value !== null && !(value instanceof Set)) {
    if (isNode(value) && !visit(value)) return
    for (const child of Object.values(value)) walk(child, visit)
  }
}

/** The parts of a definition that belong to the body around it. */
function outerParts(node: Node): unknown[] | undefined {
  switch (node.kind) {
    case 'Function':
      return [node.decorators, node.code.parameters]
    case 'Lambda':
      return [node.code.parameters]
    case 'Class':
      return [node.decorators, node.args]
    default:
      return undefined
  }
}

/** Names that a target binds. */
function bindTarget(target: Expression, bind: (name: string) => void): void {
  if (target.kind === 'Name') bind(target.id)
  else if (target.kind === 'Starred') bindTarget(target.value, bind)
  else if (target.kind === 'Tuple' || target.kind === 'List')
    for (const element of target.elements) bindTarget(element, bind)
}

function bindStatement(node: Node, bind: (name: string) => void): void {
  switch (node.kind) {
    case 'Assign':
      for (const target of node.targets) bindTarget(target, bind)
      break
    case 'Delete':
      for (const target of node.targets) bindTarget(target, bind)
      break
    case 'AugmentedAssign':
    case 'AnnotatedAssign':
    case 'For':
      bindTarget(node.target, bind)
      break
    case 'Named':
      bind(node.target.id)
      break
    case 'With':
      for (const { target } of node.items) if (target) bindTarget(target, bind)
      break
    case 'Try':
      for (const { name } of node.handlers) if (name) bind(name)
      break
    case 'Function':
      bind(node.code.name)
      break
    case 'Class':
      bind(node.name)
      break
    case 'Import':
      for (const { name, alias } of node.names) bind(alias ?? name.split('.')[0])
      break
    case 'ImportFrom':
      if (node.names !== '*') for (const { name, alias } of node.names) bind(alias ?? name)
      break
  }
}

/** Rules for the names of a body whose parameters are given. */
export function nameRules(body: Statement[], parameters: readonly string[] = []): NameRules {
  const local = new Set(parameters)
  const global = new Set<string>()
  const nonlocal = new Set<string>()
  const visit = (node: Node): boolean => {
    bindStatement(node, (name) => local.add(name))
    if (node.kind === 'Global') for (const name of node.names) global.add(name)
    if (node.kind === 'Nonlocal') for (const name of node.names) nonlocal.add(name)
    const outer = outerParts(node)
    if (outer) walk(outer, visit)
    return outer === undefined
  }
  walk(body, visit)
  for (const name of [...global, ...nonlocal]) local.delete(name)
  return { local, global, nonlocal }
}

/** Names that the clauses of a comprehension bind. */
export function clauseNames(clauses: readonly Clause[]): Set<string> {
  const names = new Set<string>()
  for (const { target } of clauses) bindTarget(target, (name) => names.add(name))
  return names
}

/** Is a function with this body a generator? */
export function containsYield(body: Statement[]): boolean {
  let found = false
  walk(body, (node) => {
    found ||= node.kind === 'Yield' || node.kind === 'YieldFrom'
    if (node.kind === 'Function' || node.kind === 'Lambda' || node.kind === 'Class') return false
    return !found
  })
  return found
}
