/** Messages that come one by one, as an iterable. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = []
  #wake: (() => void) | undefined
  #error: Error | undefined

  push(value: T): void {
    this.#waiting.push(value)
    this.#wake?.()
  }

  /** Ends the iteration with an error. */
  fail(error: Error): void {
    this.#error = error
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift()
      if (next !== undefined) yield next
      else if (this.#error) throw this.#error
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }
}
