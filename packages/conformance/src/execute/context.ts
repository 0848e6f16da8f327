import { setDefaultDevice } from '@sconce/core'
import type { Outcome } from '../case.ts'
import type { Comparison } from '../compare/comparison.ts'
import type { RecordingBackend } from './recording.ts'

/** What cases are run with: the device under test. */
export interface Env {
  /** Its name, as the library knows it. */
  readonly device: string
  /** What the device runs on. */
  readonly backend: RecordingBackend
}

/** Makes the device under test the one where new tensors go. */
export const enter = ({ device }: Env): void => setDefaultDevice(device)

export const fail = (message: string): Outcome => ({ status: 'fail', message })

/** The outcome that a comparison means. */
export const outcomeOf = ({ ok, message, ulp }: Comparison): Outcome =>
  ok ? { status: 'pass', ulp } : { status: 'fail', message, ulp }
