import type { HostValue } from '../compare/host.ts'
import { awaited } from '../execute/awaited.ts'
import type { Env } from '../execute/context.ts'
import { enter } from '../execute/context.ts'
import type { GoldenValue } from '../golden/types.ts'
import type { Interpreter } from '../python/index.ts'
import { torchInterpreter } from '../python/torch/index.ts'
import { fromRecorded, readVariable } from '../python/torch/script.ts'
import { native } from '../python/values/functions.ts'
import type { Value } from '../python/values/value.ts'
import { packages } from './packages.ts'

/** A program that raised what it should not have. */
export class ProgramError extends Error {}

/** An exception that a program raised. */
export interface Raised {
  readonly type: string
  readonly message: string
  /** The line, in brackets; empty where there is none. */
  readonly where: string
}

/** A run of PyTorch source on the device under test. */
export class Session {
  readonly #interpreter: Interpreter
  readonly #device: string

  constructor(env: Env) {
    enter(env)
    this.#device = env.device
    this.#interpreter = torchInterpreter({ device: env.device, ...packages })
  }

  /** Defines a variable as it was recorded. */
  define(name: string, value: GoldenValue): void {
    this.#interpreter.set(name, fromRecorded(value, this.#device))
  }

  /** Defines a function that a program calls without arguments. */
  defineFunction(name: string, body: () => Value): void {
    this.#interpreter.set(name, native(name, '', body))
  }

  defineAll(values: { readonly [name: string]: GoldenValue }): void {
    for (const [name, value] of Object.entries(values)) this.define(name, value)
  }

  /**
   * Runs source.
   * @throws ProgramError with the exception that it raised
   */
  run(source: string): void {
    const raised = this.attempt(source)
    if (raised) throw new ProgramError(`raised ${raised.type}: ${raised.message}${raised.where}`)
  }

  /** Runs source; returns the exception that it raised. */
  attempt(source: string): Raised | undefined {
    try {
      this.#interpreter.run(source)
      return undefined
    } catch (error) {
      const raised = this.#interpreter.raised(error)
      if (!raised) throw error
      const { type, message, line } = raised
      return { type, message, where: line === undefined ? '' : ` (line ${line})` }
    }
  }

  /** What a variable holds, in host memory; undefined for one that is not there. */
  async read(name: string): Promise<HostValue> {
    const value = this.#interpreter.get(name)
    return value === undefined ? undefined : readVariable(value)
  }
}

/**
 * A session in which `play` has defined and run what it has to. On a device that can only be read
 * asynchronously that is done from the start after every read, in a session of its own.
 */
export const sessionAfter = (env: Env, play: (session: Session) => void): Promise<Session> =>
  awaited(env, () => {
    const session = new Session(env)
    play(session)
    return session
  })

/** A list of recorded values, as one. */
export const listOf = (v: GoldenValue[]): GoldenValue => ({ t: 'list', v })
/** Recorded values by name, as one. */
export const dictOf = (v: { [name: string]: GoldenValue }): GoldenValue => ({ t: 'dict', v })
