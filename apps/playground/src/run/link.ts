import { importsOf, type Specifier } from './imports.ts'
import { SourceError } from './source-error.ts'

/** Modules that programs may import, by name. */
export type Modules = Readonly<Record<string, object>>

/** Where modules of text find the modules of the bundle. */
const registry = Symbol.for('sconce.playground.modules')

const moduleUrl = (code: string): string =>
  URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))

/**
 * The URL of a module that hands on a module of the bundle: a program gets the very library that the page
 * was built with.
 */
function forwardingUrl(name: string, members: object): string {
  const names = Object.keys(members)
  const lines = [
    `const module = globalThis[Symbol.for('${registry.description}')][${JSON.stringify(name)}]`,
    // Numbered, as some names are reserved words.
    ...names.map((member, i) => `const _${i} = module[${JSON.stringify(member)}]`),
    `export { ${names.map((member, i) => `_${i} as ${member}`).join(', ')} }`,
  ]
  return moduleUrl(lines.join('\n'))
}

function check({ module, names, at }: Specifier, modules: Modules): void {
  if (!Object.hasOwn(modules, module)) {
    const known = Object.keys(modules).join(' and ')
    throw new SourceError(
      `no module '${module}': programs here import ${known}`,
      at.line,
      at.column,
    )
  }
  for (const { name, line, column } of names) {
    if (!(name in modules[module]))
      throw new SourceError(`'${module}' has no export '${name}'`, line, column)
  }
}

/**
 * The URL of a JavaScript module whose imports lead to `modules`; lines stay where they are.
 * @throws SourceError for an import of anything else
 */
export function link(code: string, modules: Modules): string {
  Object.assign(globalThis, { [registry]: modules })
  const urls = new Map<string, string>()
  let linked = ''
  let done = 0
  for (const specifier of importsOf(code)) {
    check(specifier, modules)
    const { module, start, end } = specifier
    const url = urls.get(module) ?? forwardingUrl(module, modules[module])
    urls.set(module, url)
    linked += code.slice(done, start) + JSON.stringify(url)
    done = end
  }
  return moduleUrl(linked + code.slice(done))
}
