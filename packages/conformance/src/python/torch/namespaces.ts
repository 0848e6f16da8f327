/** `torch` and the modules in it. */

import { raise } from '../values/errors.ts'
import type { Value } from '../values/value.ts'
import type { Adapter, Binding } from './binding.ts'

/** A module whose members are looked up when a program asks for them. */
export class Namespace {
  private readonly found = new Map<string, Value>()
  constructor(
    readonly name: string,
    private readonly look: (name: string) => Value | undefined,
  ) {}
  /** The same member is always the same value. */
  get(name: string): Value | undefined {
    const known = this.found.get(name)
    if (known !== undefined) return known
    const value = this.look(name)
    if (value !== undefined) this.found.set(name, value)
    return value
  }
}

export const namespaceAdapter = ({ interpreter }: Binding): Adapter => ({
  owns: (object) => object instanceof Namespace,
  typeOf: () => interpreter.foreignClass(Namespace, 'module'),
  getAttribute(object, name) {
    if (!(object instanceof Namespace)) return undefined
    if (name === '__name__') return object.name
    const value = object.get(name)
    // What Python's own machinery asks for may be missing; an op that is missing is named.
    if (value === undefined && !name.startsWith('__'))
      throw raise('AttributeError', `no such op: ${object.name}.${name}`)
    return value
  },
  repr: (object) => (object instanceof Namespace ? `<module '${object.name}'>` : undefined),
})
