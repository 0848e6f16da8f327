/** The worker in which one program runs. It is ended, not asked, to stop it. */
import * as playground from 'playground'
import * as sconce from 'sconce'
import { setSink } from '../api/sink.ts'
import type { RunRequest } from '../protocol/events.ts'
import { captureConsole } from './console.ts'
import { failureOf } from './failure.ts'
import { link } from './link.ts'
import { Outbox } from './post.ts'
import { stripTypes } from './strip-types.ts'

const outbox = new Outbox((events) => postMessage(events))
const tell = outbox.tell.bind(outbox)
let url: string | undefined

function fail(error: unknown): void {
  tell(failureOf(error, url))
  outbox.flush()
}

async function run({ source, backend }: RunRequest): Promise<void> {
  try {
    const code = stripTypes(source)
    url = link(code, { sconce, playground })
    const device = await sconce.init(backend)
    tell({ kind: 'start', device: sconce.getDevice(device).backend.info.description })
    const begin = performance.now()
    await import(/* @vite-ignore */ url)
    await sconce.synchronize()
    tell({ kind: 'end', milliseconds: performance.now() - begin })
    outbox.flush()
  } catch (error) {
    fail(error)
  }
}

// The library's own calls must not hide the program's, whose line is shown.
Error.stackTraceLimit = 100
setSink(tell)
captureConsole(tell)
// What a program left running may fail after its end.
addEventListener('unhandledrejection', (event) => {
  event.preventDefault()
  fail(event.reason)
})
addEventListener('error', (event) => {
  event.preventDefault()
  fail(event.error ?? new Error(event.message))
})
addEventListener('message', ({ data }: MessageEvent<RunRequest>) => void run(data), { once: true })
