/** What a module is made of: registering, walking and finding it. */
import { AttributeError, KeyError } from '@sconce/core'
import { internals } from './internals.ts'
import type { Module } from './module.ts'

/** Options of the walks over a module and what is below it. */
export interface WalkOptions {
  /** Goes in front of every name. */
  readonly prefix?: string
  /** Whether what is below is walked too. Default: true. */
  readonly recurse?: boolean
}

/**
 * Makes `value` the module's property under a name.
 *
 * @throws KeyError for a bad or a taken name.
 */
export function register(
  module: Module,
  kind: string,
  name: string,
  property: string,
  value: unknown,
): void {
  if (name.includes('.')) throw new KeyError(`${kind} name can't contain "."`)
  if (name === '') throw new KeyError(`${kind} name can't be empty string ""`)
  if (property in module && Reflect.get(module, property) !== undefined)
    throw new KeyError(`attribute '${name}' already exists`)
  if (property !== name) module[internals].names.set(property, name)
  Reflect.set(module, property, value)
}

/** Members of one kind of a module. */
type Own<T> = (module: Module) => Iterable<[name: string, member: T, ...rest: unknown[]]>

/** Members of one kind of a module and of all below, each once, with their paths. */
export function* walk<T>(
  root: Module,
  own: Own<T>,
  { prefix = '', recurse = true }: WalkOptions,
): Generator<[path: string, member: T]> {
  const seen = new Set<T>()
  const modules = recurse ? root.namedModules({ prefix }) : [[prefix, root] as const]
  for (const [path, module] of modules) {
    for (const [name, member] of own(module)) {
      if (seen.has(member)) continue
      seen.add(member)
      yield [path === '' ? name : `${path}.${name}`, member]
    }
  }
}

/** The member of that path. @throws AttributeError where there is none. */
export function find<T>(root: Module, path: string, own: Own<T>): T {
  const dot = path.lastIndexOf('.')
  const module = root.getSubmodule(path.slice(0, Math.max(dot, 0)))
  const name = path.slice(dot + 1)
  for (const [key, member] of own(module)) if (key === name) return member
  throw new AttributeError(`${module.constructor.name} has no attribute \`${name}\``)
}

/** The property that holds the member of that name: `runningMean` for `running_mean`. */
export function propertyOf(module: Module, name: string): string {
  for (const [property, known] of module[internals].names) if (known === name) return property
  return name
}

/** The member of that name. */
export const memberOf = (module: Module, name: string): unknown =>
  Reflect.get(module, propertyOf(module, name))

/** Takes a member out; one that comes in its place has the same property. */
export function removeMember(module: Module, name: string): void {
  Reflect.deleteProperty(module, propertyOf(module, name))
  module[internals].buffers.delete(name)
}
