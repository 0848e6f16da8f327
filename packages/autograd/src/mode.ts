import { inference as coreInference, type Tensor } from '@sconce/core'

/** What recording does at the moment. One object, so that a read is one property load. */
export const mode = {
  /** Whether ops are recorded. */
  enabled: true,
  /** Whether anomalies are looked for; see `detectAnomaly`. */
  anomaly: false,
}

/** A mode that was switched; `using` or `[Symbol.dispose]()` switches it back. */
export interface Switched {
  [Symbol.dispose](): void
}

/**
 * Runs `body` (or, without one, everything until the result is disposed of) with recording set to
 * `on`. Of an asynchronous body the part up to its first `await` is covered.
 */
function switched<T>(on: boolean, inference: boolean, body: (() => T) | undefined): T | Switched {
  const { enabled } = mode
  const outer = coreInference.on
  const restore = () => {
    mode.enabled = enabled
    coreInference.on = outer
  }
  mode.enabled = on
  coreInference.on = inference
  if (!body) return { [Symbol.dispose]: restore }
  try {
    return body()
  } finally {
    restore()
  }
}

/**
 * Runs `body` without recording; `torch.no_grad`. Without a body the mode lasts until the result is
 * disposed of: `using _ = noGrad()`. Of an asynchronous body the part up to its first `await` is covered.
 */
export function noGrad<T>(body: () => T): T
export function noGrad(): Switched
export function noGrad<T>(body?: () => T): T | Switched {
  return switched(false, coreInference.on, body)
}

/** R torch's name for `noGrad` with a body. */
export const withNoGrad = <T>(body: () => T): T => noGrad(body)

/** Runs `body` with recording, also inside of `noGrad`; `torch.enable_grad`. */
export function enableGrad<T>(body: () => T): T
export function enableGrad(): Switched
export function enableGrad<T>(body?: () => T): T | Switched {
  return switched(true, coreInference.on, body)
}

/**
 * Switches recording on or off, from now on, or for the run of `body`; `torch.set_grad_enabled`. The
 * result of the form without a body switches back when it is disposed of, and may be ignored.
 */
export function setGradEnabled<T>(on: boolean, body: () => T): T
export function setGradEnabled(on: boolean): Switched
export function setGradEnabled<T>(on: boolean, body?: () => T): T | Switched {
  return switched(on, coreInference.on, body)
}

/** Whether ops are recorded now; `torch.is_grad_enabled`. */
export const isGradEnabled = (): boolean => mode.enabled

/**
 * Runs `body` without recording and without version counting: the tensors it makes can never take
 * part in recorded ops; `torch.inference_mode`.
 */
export function inferenceMode<T>(body: () => T): T
export function inferenceMode(): Switched
export function inferenceMode<T>(body?: () => T): T | Switched {
  return switched(false, true, body)
}

/** Whether the tensor was made in inference mode; `Tensor.is_inference`. */
export const isInference = (t: Tensor): boolean => t.version.inference

/** Whether `inferenceMode` is on; `torch.is_inference_mode_enabled`. */
export const isInferenceModeEnabled = (): boolean => coreInference.on
