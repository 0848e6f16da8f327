import { batch, signal } from '@preact/signals'
import type { FailureEvent, RunEvent, RunRequest } from '../../protocol/events.ts'
import { emptyOutput, withEvents } from '../output/output.ts'
import { startWorker } from '../shell/start-worker.ts'

export type Status =
  | { readonly is: 'idle' }
  | { readonly is: 'starting'; readonly backend: string }
  | { readonly is: 'running'; readonly backend: string; readonly device: string }
  | { readonly is: 'finished'; readonly backend: string; readonly milliseconds: number }
  | { readonly is: 'failed'; readonly backend: string; readonly failure: FailureEvent }
  | { readonly is: 'stopped'; readonly backend: string }

/** How often the page is drawn anew while events come in. */
const FRAME_MILLISECONDS = 50

export const status = signal<Status>({ is: 'idle' })
export const output = signal(emptyOutput)

let worker: Worker | undefined
let arrived: RunEvent[] = []
let timer: ReturnType<typeof setTimeout> | undefined

/** Whether a program is on its way. */
export const isBusy = ({ is }: Status): boolean => is === 'starting' || is === 'running'

function statusAfter(before: Status, event: RunEvent): Status {
  if (before.is === 'idle') return before
  const { backend } = before
  if (event.kind === 'start') return { is: 'running', backend, device: event.device }
  if (event.kind === 'failure') return { is: 'failed', backend, failure: event }
  if (event.kind === 'end') return { is: 'finished', backend, milliseconds: event.milliseconds }
  return before
}

function draw(): void {
  clearTimeout(timer)
  timer = undefined
  const events = arrived
  arrived = []
  batch(() => {
    output.value = withEvents(output.value, events)
    status.value = events.reduce(statusAfter, status.value)
  })
}

function discard(): void {
  worker?.terminate()
  worker = undefined
  draw()
}

/**
 * Runs a program in a worker of its own, in place of the one that ran before. The worker outlives the
 * program's end, for what that left to do.
 */
export function run(request: RunRequest): void {
  discard()
  batch(() => {
    output.value = emptyOutput
    status.value = { is: 'starting', backend: request.backend }
  })
  const started = startWorker('run')
  worker = started
  started.addEventListener('message', ({ data }: MessageEvent<readonly RunEvent[]>) => {
    if (worker !== started) return
    arrived.push(...data)
    timer ??= setTimeout(draw, FRAME_MILLISECONDS)
  })
  started.addEventListener('error', ({ message }) => {
    arrived.push({ kind: 'failure', message: message || 'the worker could not be started' })
    draw()
  })
  started.postMessage(request)
}

/** Ends the program, whatever it is at. */
export function stop(): void {
  discard()
  const before = status.value
  if (before.is !== 'idle' && isBusy(before))
    status.value = { is: 'stopped', backend: before.backend }
}
