/** A value that follows the flow of asynchronous code, where the environment has such a thing. */
export interface AsyncSlot<T> {
  run<R>(value: T, body: () => R): R
  get(): T | undefined
}

/** `AsyncContext.Variable`, which is becoming part of JavaScript. */
type Variable = new <T>() => AsyncSlot<T>

interface AsyncGlobals {
  readonly AsyncContext?: { readonly Variable?: Variable }
}

type AsyncHooks = typeof import('node:async_hooks')

/** Node, Deno and Bun. */
function storageOfHost<T>(): AsyncSlot<T> | undefined {
  if (typeof process !== 'object' || typeof process.getBuiltinModule !== 'function')
    return undefined
  const hooks = process.getBuiltinModule('node:async_hooks') as AsyncHooks | undefined
  if (!hooks) return undefined
  const storage = new hooks.AsyncLocalStorage<T>()
  return {
    run: (value, body) => storage.run(value, body),
    get: () => storage.getStore(),
  }
}

/** Makes a slot; undefined where nothing follows asynchronous code, as in browsers today. */
export function asyncSlot<T>(): AsyncSlot<T> | undefined {
  const { AsyncContext }: AsyncGlobals = globalThis as AsyncGlobals
  return AsyncContext?.Variable ? new AsyncContext.Variable<T>() : storageOfHost<T>()
}
