/// <reference types="@webgpu/types" />
import { DeviceLost, OutOfMemory } from '@sconce/backend'

/** How long after a failure there may still come the news that the device was lost. */
const LATEST_NEWS_MILLISECONDS = 200

/**
 * What has gone wrong with a device. WebGPU tells of errors later than they happen: a lost device through
 * a promise, everything else through an event. Both are kept here until the next call that may throw.
 */
export class Health {
  #lost: string | undefined
  readonly #loss: Promise<void>
  #failure: Error | undefined

  constructor(device: GPUDevice, name: string) {
    this.#loss = device.lost.then(({ reason, message }) => {
      const why = message || reason || 'no reason given'
      this.#lost =
        `the GPU device was lost (${why.trim()}), and its contents with it. Start another: ` +
        `\`disposeDevice('${name}'); await init('${name}')\``
    })
    device.addEventListener('uncapturederror', ({ error }) => {
      this.#failure ??=
        error instanceof GPUOutOfMemoryError
          ? new OutOfMemory(`the GPU has no room: ${error.message || 'an allocation failed'}`)
          : new Error(`the GPU refused work: ${error.message}`)
    })
  }

  /** Ends the use of the device: everything throws from now on. */
  end(): void {
    this.#lost ??= 'this backend was disposed of'
  }

  /** @throws DeviceLost where the device is gone */
  assertAlive(): void {
    if (this.#lost !== undefined) throw new DeviceLost(this.#lost)
  }

  /**
   * Throws what went wrong since it was last asked, once.
   * @throws DeviceLost, OutOfMemory, or an Error with the device's words
   */
  assertNothingFailed(): void {
    this.assertAlive()
    const failure = this.#failure
    this.#failure = undefined
    if (failure) throw failure
  }

  /**
   * Waits for the device; its own error is of no use where it was lost meanwhile.
   * @throws as `assertNothingFailed`
   */
  async settled(work: Promise<unknown>): Promise<void> {
    try {
      await work
    } catch (error) {
      // The news of a loss may come a moment after the failure of what it made fail.
      const moment = new Promise<void>((resolve) => setTimeout(resolve, LATEST_NEWS_MILLISECONDS))
      await Promise.race([this.#loss, moment])
      this.assertNothingFailed()
      throw error
    }
    this.assertNothingFailed()
  }
}
