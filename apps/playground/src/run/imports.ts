import { type ImportDeclaration, type Literal, type Node, type Program, parse } from 'acorn'
import { simple } from 'acorn-walk'
import { SourceError } from './source-error.ts'

/** Where a program names a module. */
export interface Specifier {
  readonly module: string
  /** Begin and end of the literal, quotes included. */
  readonly start: number
  readonly end: number
  /** Names that are taken from it, where they are known. */
  readonly names: readonly Place[]
  readonly at: Place
}

/** A name, and where it stands; line and column count from 1. */
export interface Place {
  readonly name: string
  readonly line: number
  readonly column: number
}

function parseModule(code: string): Program {
  try {
    return parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
  } catch (error) {
    if (!(error instanceof SyntaxError) || !('loc' in error)) throw error
    const { line, column } = error.loc as { line: number; column: number }
    throw new SourceError(error.message.replace(/ \(\d+:\d+\)$/, ''), line, column + 1)
  }
}

const placeOf = (name: string, { loc }: Node): Place => {
  const { line, column } = loc?.start ?? { line: 1, column: 0 }
  return { name, line, column: column + 1 }
}

const specifier = (literal: Literal, names: readonly Place[] = []): Specifier => {
  const module = String(literal.value)
  return { module, start: literal.start, end: literal.end, names, at: placeOf(module, literal) }
}

const importedNames = ({ specifiers }: ImportDeclaration): Place[] =>
  specifiers.flatMap((item) => {
    if (item.type === 'ImportDefaultSpecifier') return [placeOf('default', item)]
    if (item.type === 'ImportNamespaceSpecifier') return []
    const { imported } = item
    const name = imported.type === 'Identifier' ? imported.name : String(imported.value)
    return [placeOf(name, item)]
  })

/**
 * The modules that a JavaScript module imports, in order of their place.
 * @throws SourceError for what is no JavaScript
 */
export function importsOf(code: string): Specifier[] {
  const found: Specifier[] = []
  simple(parseModule(code), {
    ImportDeclaration: (node) => void found.push(specifier(node.source, importedNames(node))),
    ExportAllDeclaration: (node) => void found.push(specifier(node.source)),
    ExportNamedDeclaration: (node) => void (node.source && found.push(specifier(node.source))),
    ImportExpression({ source }) {
      if (source.type === 'Literal') found.push(specifier(source))
    },
  })
  return found.sort((a, b) => a.start - b.start)
}
