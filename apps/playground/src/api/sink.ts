import type { RunEvent } from '../protocol/events.ts'

let sink: (event: RunEvent) => void = () => {
  throw new Error('there is no page to show this on')
}

/** Says where what programs show goes. */
export const setSink = (to: (event: RunEvent) => void): void => {
  sink = to
}

/** Shows something. */
export const tell = (event: RunEvent): void => sink(event)
