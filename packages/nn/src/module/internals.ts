import { ModuleHooks } from './hooks.ts'

/** Where a module keeps what is no part of it. */
export const internals: unique symbol = Symbol.for('sconce.module.internals')

/** What a module knows of itself. */
export class Internals {
  readonly hooks: ModuleHooks
  /** Names of buffers, and whether state dicts have them. */
  readonly buffers: Map<string, { readonly persistent: boolean }>
  /** Names by property, where they differ. */
  readonly names: Map<string, string>

  constructor(from?: Internals) {
    this.hooks = new ModuleHooks(from?.hooks)
    this.buffers = new Map(from?.buffers)
    this.names = new Map(from?.names)
  }
}
