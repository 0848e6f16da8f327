import { signal } from '@preact/signals'
import { wrap } from 'comlink'
import type { Findings } from 'sconce'
import type { Doctor } from '../../doctor/worker.ts'
import { messageOf } from '../shell/message.ts'
import { startWorker } from '../shell/start-worker.ts'

export const findings = signal<Findings | undefined>(undefined)
export const failure = signal<string | undefined>(undefined)
export const isBusy = signal(false)

/** Looks at every backend; with `bench` they are timed, too. */
export async function examine(bench: boolean): Promise<void> {
  if (isBusy.value) return
  isBusy.value = true
  failure.value = undefined
  const worker = startWorker('doctor')
  try {
    findings.value = await wrap<Doctor>(worker)({ bench })
  } catch (error) {
    failure.value = messageOf(error)
  }
  worker.terminate()
  isBusy.value = false
}
