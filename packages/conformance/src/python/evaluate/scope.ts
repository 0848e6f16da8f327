import type { Runtime } from '../runtime/runtime.ts'
import type { NameRules } from '../syntax/ast.ts'
import type { PyClass } from '../values/classes.ts'
import { raise } from '../values/errors.ts'
import type { Value } from '../values/value.ts'

export type ScopeKind = 'module' | 'class' | 'function' | 'comprehension'

const NO_NAMES: NameRules = { local: new Set(), global: new Set(), nonlocal: new Set() }

/** The names of a module, or of one run of a body. */
export class Scope {
  readonly variables = new Map<string, Value>()
  /** The module that the body stands in. */
  readonly module: Scope
  /** Of the body of a class: the class, once it is made; what `super()` in its methods starts from. */
  definedClass?: PyClass
  /** Of a function: its first argument, for `super()`. */
  receiver?: Value
  /** Exceptions that are being handled, innermost last, for a `raise` without anything. */
  readonly handling: Error[]

  constructor(
    readonly rt: Runtime,
    readonly kind: ScopeKind,
    readonly parent?: Scope,
    readonly rules: NameRules = NO_NAMES,
    /** `Net.forward.<locals>`, before the names of what is defined here. */
    readonly path = '',
  ) {
    this.module = parent?.module ?? this
    this.handling = kind === 'comprehension' && parent ? parent.handling : []
  }

  /** The value of a name. @throws PyError NameError, UnboundLocalError */
  read(name: string): Value {
    const owner = this.owner(name)
    const value = owner.variables.get(name)
    if (value !== undefined) return value
    if (owner === this && this.kind === 'function' && this.rules.local.has(name))
      throw raise(
        'UnboundLocalError',
        `cannot access local variable '${name}' where it is not associated with a value`,
      )
    if (owner.kind !== 'module' && owner.kind !== 'class')
      throw raise(
        'NameError',
        `cannot access free variable '${name}' where it is not associated with a value in enclosing scope`,
      )
    const builtin = this.rt.builtins.get(name)
    if (builtin === undefined) throw raise('NameError', `name '${name}' is not defined`)
    return builtin
  }

  /** Binds a name where assignment in this body puts it. */
  write(name: string, value: Value): void {
    this.target(name).variables.set(name, value)
  }

  /** `del name`. */
  delete(name: string): void {
    if (!this.target(name).variables.delete(name))
      throw raise(
        this.kind === 'function' ? 'UnboundLocalError' : 'NameError',
        this.kind === 'function'
          ? `cannot access local variable '${name}' where it is not associated with a value`
          : `name '${name}' is not defined`,
      )
  }

  /** As `delete`, of a name that may be gone already. */
  forget(name: string): void {
    this.target(name).variables.delete(name)
  }

  private target(name: string): Scope {
    if (this.rules.global.has(name)) return this.module
    if (this.rules.nonlocal.has(name)) return this.enclosing(name) ?? this.module
    // `:=` in a comprehension binds around it.
    if (this.kind === 'comprehension' && this.parent && !this.rules.local.has(name))
      return this.parent.target(name)
    return this
  }

  /** Where a name is looked up; the module if nowhere nearer. */
  private owner(name: string): Scope {
    if (this.kind === 'module' || this.rules.global.has(name)) return this.module
    if (this.rules.local.has(name) && (this.kind !== 'class' || this.variables.has(name)))
      return this
    // The names of a class body are seen by it alone.
    return this.enclosing(name) ?? this.module
  }

  /** The nearest function or comprehension around this one that the name belongs to. */
  private enclosing(name: string): Scope | undefined {
    for (let scope = this.parent; scope; scope = scope.parent) {
      if (scope.kind !== 'function' && scope.kind !== 'comprehension') continue
      if (scope.rules.local.has(name)) return scope
      if (scope.rules.global.has(name)) return undefined
    }
    return undefined
  }

  /** The scope that `return`, `super()` and a bare `raise` belong to. */
  get body(): Scope {
    return this.kind === 'comprehension' && this.parent ? this.parent.body : this
  }
}
