import { batch, signal } from '@preact/signals'
import { makeReport, parseReport, type Report, type Result } from '@sconce/conformance'
import { proxy, wrap } from 'comlink'
import type { Begin, Kit, Part, Progress } from '../../conformance/worker.ts'
import { base, messageOf } from '../shell/message.ts'
import { startWorker } from '../shell/start-worker.ts'

export interface Running {
  readonly done: number
  readonly total: number
}

/** Cases done of the part that runs; undefined where none does. */
export const running = signal<Running | undefined>(undefined)
/** The results so far, or the report that was loaded. */
export const report = signal<Report | undefined>(undefined)
export const failure = signal<string | undefined>(undefined)

/** Ends the run that is going on. */
let end: ((error?: Error) => void) | undefined

const VIEW_MILLISECONDS = 600

/** Runs a part of the kit in a worker; results show as they come. */
export async function run(part: Omit<Part, 'base'>): Promise<void> {
  stop()
  const worker = startWorker('conformance')
  const results: Result[] = []
  const started = new Date()
  let begin: Begin | undefined
  let shown = 0
  const show = () => {
    shown = performance.now()
    report.value = makeReport({
      backend: part.backend,
      ...begin,
      golden: 'shipped',
      started: started.toISOString(),
      milliseconds: Date.now() - started.getTime(),
      environment: begin?.environment ?? {},
      versions: {},
      knownFailures: {},
      results: [...results],
    })
  }
  const watch = (progress: Progress) => {
    results.push(...progress.results)
    batch(() => {
      running.value = { done: progress.done, total: progress.total }
      if (performance.now() - shown > VIEW_MILLISECONDS) show()
    })
  }
  batch(() => {
    running.value = { done: 0, total: 0 }
    report.value = undefined
    failure.value = undefined
  })
  try {
    await new Promise<void>((resolve, reject) => {
      end = (error) => (error ? reject(error) : resolve())
      worker.addEventListener('error', ({ message }) => reject(new Error(message)))
      const { run } = wrap<Kit>(worker)
      run(
        { ...part, base: base() },
        proxy((made: Begin) => {
          begin = made
        }),
        proxy(watch),
      ).then(resolve, reject)
    })
  } catch (error) {
    failure.value = messageOf(error)
  }
  worker.terminate()
  batch(() => {
    running.value = undefined
    if (begin) show()
  })
}

export const stop = (): void => end?.()

/** Shows a report that the kit's command wrote with `--json`. */
export async function load(file: File): Promise<void> {
  failure.value = undefined
  try {
    report.value = parseReport(await file.text())
  } catch (error) {
    failure.value = `${file.name} can't be shown: ${messageOf(error)}`
  }
}
