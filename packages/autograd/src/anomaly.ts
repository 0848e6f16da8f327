import { mode, type Switched } from './mode.ts'
import type { Node } from './node.ts'

/**
 * While `body` runs (or until the result is disposed of): remembers where every recorded op was
 * called, and checks gradients for NaN. An error of backward then has the forward call as its `cause`.
 * `torch.autograd.detect_anomaly`.
 */
export function detectAnomaly<T>(body: () => T): T
export function detectAnomaly(): Switched
export function detectAnomaly<T>(body?: () => T): T | Switched {
  const outer = mode.anomaly
  const restore = () => {
    mode.anomaly = outer
  }
  mode.anomaly = true
  if (!body) return { [Symbol.dispose]: restore }
  try {
    return body()
  } finally {
    restore()
  }
}

/** Switches anomaly detection on or off; `torch.autograd.set_detect_anomaly`. */
export function setDetectAnomaly(on: boolean): void {
  mode.anomaly = on
}

/** Whether anomaly detection is on; `torch.is_anomaly_enabled`. */
export const isAnomalyEnabled = (): boolean => mode.anomaly

/** The error, with the forward call of the node as its cause if that is known. */
export function explain(error: unknown, node: Node): unknown {
  const { created } = node
  if (!created || !(error instanceof Error) || error.cause !== undefined) return error
  created.message = `Error detected in ${node.name}. Traceback of forward call that caused the error`
  error.cause = created
  return error
}
