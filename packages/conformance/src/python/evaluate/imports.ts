import { findAttribute } from '../runtime/attributes.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { ImportFrom, ImportName } from '../syntax/ast.ts'
import { raise } from '../values/errors.ts'
import { Module, type Value } from '../values/value.ts'
import type { Scope } from './scope.ts'

function findModule(rt: Runtime, name: string): Value | undefined {
  return rt.modules.get(name) ?? rt.host.import?.(name)
}

/** @throws PyError ModuleNotFoundError */
function importModule(rt: Runtime, name: string): Value {
  const module = findModule(rt, name)
  if (module === undefined) throw raise('ModuleNotFoundError', `No module named '${name}'`)
  return module
}

/** `import a.b` binds `a`, `import a.b as c` the module itself. */
export function importModules(names: readonly ImportName[], scope: Scope): void {
  for (const { name, alias } of names) {
    const module = importModule(scope.rt, name)
    const [root] = name.split('.')
    if (alias === undefined) scope.write(root, importModule(scope.rt, root))
    else scope.write(alias, module)
  }
}

/** `from a import b`; `*` is everything that does not begin with an underscore. */
export function importFrom({ module: name, names }: ImportFrom, scope: Scope): void {
  const { rt } = scope
  // What steers the parser is nothing to import.
  if (name === '__future__') return
  const module = importModule(rt, name)
  if (names === '*') {
    if (!(module instanceof Module))
      throw raise('ImportError', `the names of '${name}' can't be listed`)
    for (const [key, value] of module.members) if (!key.startsWith('_')) scope.write(key, value)
    return
  }
  for (const { name: member, alias } of names) {
    const value = findAttribute(rt, module, member) ?? findModule(rt, `${name}.${member}`)
    if (value === undefined)
      throw raise('ImportError', `cannot import name '${member}' from '${name}' (unknown location)`)
    scope.write(alias ?? member, value)
  }
}
