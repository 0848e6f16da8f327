import type { LogEvent, RunEvent } from '../protocol/events.ts'

/** Events that go out at once within a turn; whatever is more waits for its end. */
const AT_ONCE = 50
const TURN_MILLISECONDS = 100

/** Printed lines that wait; of more the earliest are dropped, as nobody could read them. */
const MOST_LINES = 200

/** Sends events to the page: at once while they are few, many together when they come in floods. */
export class Outbox {
  readonly #send: (events: readonly RunEvent[]) => void
  #events: RunEvent[] = []
  #lines: LogEvent[] = []
  #dropped = 0
  #turn = 0
  #sent = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(send: (events: readonly RunEvent[]) => void) {
    this.#send = send
  }

  tell(event: RunEvent): void {
    if (event.kind === 'log') this.#print(event)
    else this.#events.push(event)
    const now = performance.now()
    if (now - this.#turn >= TURN_MILLISECONDS) {
      this.#turn = now
      this.#sent = 0
    }
    if (this.#sent++ < AT_ONCE) this.flush()
    // A program that does not yield keeps timers from running: its next event, or its end, comes first.
    else this.#timer ??= setTimeout(() => this.flush(), TURN_MILLISECONDS)
  }

  #print(line: LogEvent): void {
    this.#lines.push(line)
    if (this.#lines.length <= MOST_LINES) return
    this.#lines.shift()
    this.#dropped++
  }

  /** Sends what waits. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const dropped = this.#dropped > 0 ? [{ kind: 'dropped', lines: this.#dropped } as const] : []
    const events = [...this.#events, ...dropped, ...this.#lines]
    this.#events = []
    this.#lines = []
    this.#dropped = 0
    if (events.length > 0) this.#send(events)
  }
}
