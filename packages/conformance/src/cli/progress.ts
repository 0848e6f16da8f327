import { SingleBar } from 'cli-progress'
import { isFailing } from '../report/result.ts'
import type { Progress } from '../runner.ts'

/** Milliseconds between lines where the output is no terminal. */
const LINE_INTERVAL = 10_000

export interface ProgressDisplay {
  update(progress: Progress): void
  stop(): void
}

/** A progress bar, or a line now and then where `stream` is no terminal. */
export function progressDisplay(stream: NodeJS.WritableStream): ProgressDisplay {
  const bar = new SingleBar({
    stream,
    format: '{bar} {percentage}% | {value}/{total} | {failed} failed | {eta_formatted} | {op}',
    noTTYOutput: true,
    notTTYSchedule: LINE_INTERVAL,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
  })
  let failed = 0
  let started = false
  return {
    update({ done, total, result }) {
      if (isFailing(result.status)) failed++
      const payload = { failed, op: result.op }
      if (started) bar.update(done, payload)
      else bar.start(total, done, payload)
      started = true
    },
    stop() {
      if (started) bar.stop()
    },
  }
}
