import type { Status } from './session.ts'

const seconds = (milliseconds: number): string =>
  milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`

function textOf(status: Status): string {
  switch (status.is) {
    case 'idle':
      return 'Ready'
    case 'starting':
      return `Starting ${status.backend} …`
    case 'running':
      return `Running on ${status.backend}: ${status.device}`
    case 'finished':
      return `Finished on ${status.backend} in ${seconds(status.milliseconds)}`
    case 'failed':
      return `Failed on ${status.backend}`
    case 'stopped':
      return `Stopped on ${status.backend}`
    default:
      return status satisfies never
  }
}

/** What the program is at; screen readers are told. */
export const StatusLine = ({ status }: { status: Status }) => (
  <p class={`status ${status.is}`} role="status">
    {textOf(status)}
  </p>
)
