import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Row } from '../rows/row.ts'
import type { Trial } from '../timing/trial.ts'
import type { Contestant } from './contestant.ts'

/** A message to the process of a contestant; it answers with `error`, or with `ms` for a `run`. */
export type Message =
  | { readonly do: 'hello' }
  | { readonly do: 'prepare'; readonly id: number; readonly work: unknown }
  | { readonly do: 'run'; readonly id: number; readonly iterations: number }
  | { readonly do: 'close'; readonly id: number }

export interface Answer {
  readonly error?: string
  readonly ms?: number
}

/** A process that answers one line of JSON with another. */
class LineProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #answers: AsyncIterator<string>

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args)
    this.#child.stderr.resume()
    // A program that is not there shows as one that never answers.
    this.#child.on('error', () => undefined)
    this.#child.stdin.on('error', () => undefined)
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async ask(message: Message): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`)
    const { value, done } = await this.#answers.next()
    if (done) throw new Error('its process has ended')
    const answer = JSON.parse(value) as Answer
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }

  end(): void {
    this.#child.stdin.end()
  }
}

export interface Remote {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** What the process is to be told of a row; undefined where it has no form for it. */
  readonly workOf: (row: Row) => unknown
}

/**
 * A contestant in a process of its own: it times itself, and waits for its turn in between. Undefined
 * where the process does not come up.
 */
export async function remote({
  name,
  command,
  args,
  workOf,
}: Remote): Promise<Contestant | undefined> {
  const server = new LineProcess(command, args)
  try {
    await server.ask({ do: 'hello' })
  } catch {
    return undefined
  }
  let rows = 0
  return {
    name,
    async prepare(row: Row): Promise<Trial | undefined> {
      const work = workOf(row)
      if (work === undefined) return undefined
      const id = rows++
      await server.ask({ do: 'prepare', id, work })
      return {
        async run(iterations) {
          const { ms } = await server.ask({ do: 'run', id, iterations })
          if (ms === undefined) throw new Error(`${name} did not say how long it took`)
          return ms
        },
        close: () => void server.ask({ do: 'close', id }),
      }
    },
    close: () => server.end(),
  }
}
