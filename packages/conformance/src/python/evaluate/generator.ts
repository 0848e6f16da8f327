import { raise } from '../values/errors.ts'
import { PyIterator, type Value } from '../values/value.ts'
import { type Completion, ReturnValue } from './statements.ts'

export type Run = Generator<Value, Completion, Value>

/** What a call of a function with `yield` returns. */
export class PyGenerator extends PyIterator {
  private started = false
  private running = false
  /** What the generator returned: the value of `yield from`. */
  returned: Value = null

  constructor(private readonly run: Run) {
    super(run as Iterator<Value>, 'generator')
  }

  override next(): Value | undefined {
    return this.send(null)
  }

  /** Continues with the value of the `yield` that it stands at; undefined when it has ended. */
  send(value: Value): Value | undefined {
    if (!this.started && value !== null)
      throw raise('TypeError', "can't send non-None value to a just-started generator")
    this.started = true
    return this.step(() => this.run.next(value))
  }

  /** Raises an error at the `yield` that it stands at. */
  throw(error: Error): Value | undefined {
    this.started = true
    return this.step(() => this.run.throw(error))
  }

  close(): void {
    this.step(() => this.run.return(undefined))
  }

  private step(go: () => IteratorResult<Value, Completion>): Value | undefined {
    if (this.running) throw raise('ValueError', 'generator already executing')
    this.running = true
    try {
      const result = go()
      if (!result.done) return result.value
      if (result.value instanceof ReturnValue) this.returned = result.value.value
      return undefined
    } finally {
      this.running = false
    }
  }
}
