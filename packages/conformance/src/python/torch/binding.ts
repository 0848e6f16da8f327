import type { Host } from '../host.ts'
import type { Interpreter } from '../interpreter.ts'
import type { Foreign, Kwargs, Value } from '../values/value.ts'

/** What the parts of the binding share. */
export interface Binding {
  readonly interpreter: Interpreter
  /** The device under test, which is `cpu` to programs. */
  readonly device: string
  /** Whether it holds int64; where it does not, int32 stands for it. */
  readonly holdsInt64: boolean
  /** Packages above the op table, as modules: what programs find in `torch.nn` and `torch.optim`. */
  readonly packages: { readonly nn?: object; readonly optim?: object }
}

/** Part of the host: what one kind of objects does. */
export interface Adapter extends Host {
  owns(object: Foreign): boolean
}

/** A function of the host, called from a program. */
export type HostFunction = (args: Value[], kwargs: Kwargs) => Value
