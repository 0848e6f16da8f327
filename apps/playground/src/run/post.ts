import type { RunEvent } from '../protocol/events.ts'

/** Events that go out at once within a turn; whatever is more waits for its end. */
const AT_ONCE = 100
const TURN_MILLISECONDS = 30

/** Sends events to the page: at once while they are few, many together when they come in floods. */
export class Outbox {
  readonly #send: (events: readonly RunEvent[]) => void
  #waiting: RunEvent[] = []
  #turn = 0
  #sent = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(send: (events: readonly RunEvent[]) => void) {
    this.#send = send
  }

  tell(event: RunEvent): void {
    this.#waiting.push(event)
    const now = performance.now()
    if (now - this.#turn >= TURN_MILLISECONDS) {
      this.#turn = now
      this.#sent = 0
    }
    if (this.#sent++ < AT_ONCE) this.flush()
    // A program that does not yield keeps timers from running: its next event, or its end, comes first.
    else this.#timer ??= setTimeout(() => this.flush(), TURN_MILLISECONDS)
  }

  /** Sends what waits. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting.length === 0) return
    this.#send(this.#waiting)
    this.#waiting = []
  }
}
